/** Rules of a recipe that span more than one key. */
import type { Problem, RecipeTables } from './read-tables.ts';
import { defaultDisk, type TableName } from './tables.ts';
import { findWritten, type WrittenTable } from './written.ts';

/** What is wrong with the tables together. A table that is wrong by itself is left out of `tables`. */
export function crossProblems(root: WrittenTable, tables: RecipeTables): readonly Problem[] {
  const has = (name: TableName): boolean => root.entries.has(name);
  return [
    ...sourceProblems(has),
    ...repeatedUsers(root),
    ...sizeProblems(tables, has('dm_verity')),
    ...addressProblems(tables),
    ...verityProblems(tables, has),
  ];
}

const useRepo = 'not built by this version; describe the image by [from_repo]';

function* sourceProblems(has: (name: TableName) => boolean): Generator<Problem> {
  if (has('from_dockerimg')) {
    const both = has('from_repo')
      ? 'Expected [from_repo] or [from_dockerimg] alone; images of'
      : 'Images of';
    yield { path: ['from_dockerimg'], message: `${both} [from_dockerimg] are ${useRepo}` };
  } else if (!has('from_repo')) {
    yield { path: ['from_repo'], message: 'Missing table; expected [from_repo]' };
  }
}

/** Looks at what is written, so that another mistake in one of the users hides nothing. */
function* repeatedUsers(root: WrittenTable): Generator<Problem> {
  const users = findWritten(root, ['users']);
  if (users?.kind !== 'list') return;
  const seen = new Set<string>();
  for (const index of users.items.keys()) {
    const path = ['users', index, 'name'];
    const name = findWritten(root, path);
    if (name?.kind !== 'scalar' || typeof name.value !== 'string') continue;
    if (seen.has(name.value)) yield { path, message: 'Expected a name that no user before has' };
    seen.add(name.value);
  }
}

const bootMib = 60;
/** What has to be left for PERSIST. */
const restMib = 2100;

/** B-65, as far as it can be known without building. */
function* sizeProblems(
  { disk_partition: { root, img_size: imgSize } = defaultDisk }: RecipeTables,
  isVerified: boolean,
): Generator<Problem> {
  const hashMib = isVerified ? Math.floor(root / 20) : 0;
  const copies = isVerified ? 2 : 1;
  const wantedMib = copies * bootMib + 2 * (root + hashMib) + restMib;
  if (wantedMib <= imgSize * 1024) return;
  const least = Math.ceil(wantedMib / 1024);
  yield {
    path: ['disk_partition', 'root'],
    message: `Expected a smaller root, or an img_size of at least ${least} GiB: boot, two roots and ${restMib} MiB more have to fit`,
  };
}

const addressKeys = ['local_ip', 'net_name', 'netmask'] as const;

/** B-64: an interface without a name is a mistake of the file. */
function* addressProblems({ pxe_config: pxe }: RecipeTables): Generator<Problem> {
  if (pxe === undefined) return;
  for (const key of addressKeys) {
    const path = ['pxe_config', key];
    if (pxe.dhcp && pxe[key] !== undefined) {
      yield { path, message: 'Expected no such key together with dhcp = true' };
    }
    if (!pxe.dhcp && pxe[key] === undefined) {
      yield { path, message: 'Missing key; expected it, or dhcp = true' };
    }
  }
}

function* verityProblems(
  { from_repo: fromRepo }: RecipeTables,
  has: (name: TableName) => boolean,
): Generator<Problem> {
  if (!has('dm_verity')) return;
  if (!has('grub')) {
    yield { path: ['grub'], message: 'Missing table; expected [grub] together with [dm_verity]' };
  }
  if (fromRepo?.legacy_bios === true) {
    yield {
      path: ['from_repo', 'legacy_bios'],
      message: 'Expected false together with [dm_verity], which needs UEFI',
    };
  }
}
