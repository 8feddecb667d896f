/** Which modules of a kernel the initrd holds: what a disk, its file systems and a watchdog may need, whatever the machine. */
import { basename } from 'node:path';
import { KubeosError } from '@kubeos/core';

/** The lists of a kernel that depmod has made, as texts. */
export interface ModuleLists {
  /** `modules.dep` */
  readonly dependencies: string;
  /** `modules.alias` */
  readonly aliases: string;
  /** `modules.softdep` */
  readonly softDependencies: string;
  /** `modules.builtin` */
  readonly builtIn: string;
}

/** The chosen modules, and the lists that are true of them alone. */
export interface ModuleChoice {
  /** Paths below the folder of the kernel, as they are there, sorted. */
  readonly paths: readonly string[];
  /** `modules.dep` with the modules unpacked. */
  readonly dependencies: string;
  /** `modules.alias` */
  readonly aliases: string;
}

/** Whole families: the image does not know what it will be booted on. */
const families: readonly RegExp[] = [
  /\/drivers\/(?:ata|hv|message\/fusion|mmc|nvme\/(?:common|host)|pci\/controller|scsi|ufs|virtio|watchdog)\//u,
  /\/drivers\/usb\/(?:core|host|storage)\//u,
  /\/drivers\/block\/(?:virtio_blk|xen-blkfront)\./u,
  // What the watchdog of most Intel boards hangs on.
  /\/drivers\/(?:i2c\/busses\/i2c-i801|mfd\/lpc_ich)\./u,
  /\/fs\/(?:ext4|fat|jbd2|overlayfs)\//u,
  /\/fs\/nls\/nls_(?:ascii|cp437|iso8859-1|utf8)\./u,
  // Asked for by name at run time, so that no list of dependencies has them.
  /\/(?:lib)?crc[^/]+$/u,
];

/** Without one of these nothing boots, or a hang stays one. */
const needed: Readonly<Record<string, string>> = {
  ext4: 'the file system of root and PERSIST',
  overlay: 'the file system of /etc',
  vfat: 'the file system of the boot partition',
  softdog: 'the watchdog of machines that have none',
};
const diskDrivers: readonly string[] = ['virtio_blk', 'nvme', 'ahci', 'sd_mod'];

/** Chooses from the lists. Throws `INVALID_CONFIGURATION` for a kernel without a driver that every node needs. */
export function chooseModules(kernelRelease: string, lists: ModuleLists): ModuleChoice {
  const dependenciesOf = parseDependencies(lists.dependencies);
  const byName = new Map([...dependenciesOf.keys()].map((path) => [moduleName(path), path]));
  const names = new Set([...byName.keys(), ...lines(lists.builtIn).map(moduleName)]);
  refuseWithout(kernelRelease, names);
  const aliases = lines(lists.aliases).flatMap(parseAlias);
  const softly = parseSoftDependencies(lists.softDependencies);
  const unvisited = [...dependenciesOf.keys()].filter((path) =>
    families.some((family) => family.test(`/${path}`)),
  );
  const chosen = new Set<string>();
  for (let path = unvisited.pop(); path !== undefined; path = unvisited.pop()) {
    if (chosen.has(path)) continue;
    chosen.add(path);
    unvisited.push(...(dependenciesOf.get(path) ?? []));
    for (const wish of softly.get(moduleName(path)) ?? []) {
      const names = [
        wish,
        ...aliases.filter(({ alias }) => alias === wish).map(({ name }) => name),
      ];
      unvisited.push(
        ...names.map((name) => byName.get(name)).filter((found) => found !== undefined),
      );
    }
  }
  const paths = [...chosen].toSorted();
  const chosenNames = new Set(paths.map(moduleName));
  const dependencies = paths.map((path) => {
    const behind = (dependenciesOf.get(path) ?? []).map((other) => ` ${unpackedPath(other)}`);
    return `${unpackedPath(path)}:${behind.join('')}\n`;
  });
  const kept = aliases.filter(({ name }) => chosenNames.has(name));
  return {
    paths,
    dependencies: dependencies.join(''),
    aliases: kept.map(({ alias, name }) => `alias ${alias} ${name}\n`).join(''),
  };
}

/** The path of a module that is not packed any more. */
export function unpackedPath(path: string): string {
  return path.replace(/\.(?:gz|xz|zst)$/u, '');
}

function refuseWithout(kernelRelease: string, names: ReadonlySet<string>): void {
  const missing = Object.entries(needed)
    .filter(([name]) => !names.has(name))
    .map(([name, what]) => `${name} (${what})`);
  if (!diskDrivers.some((name) => names.has(name))) {
    missing.push(`driver for disks (one of ${diskDrivers.join(', ')})`);
  }
  if (missing.length === 0) return;
  throw new KubeosError(
    'INVALID_CONFIGURATION',
    `Kernel ${kernelRelease} has no ${missing.join(', no ')}: add the package with its modules`,
    { details: { kernelRelease, missing: missing.length } },
  );
}

/** The kernel takes both signs for one. */
function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(?:\.\w+)?$/u, '')
    .replaceAll('-', '_');
}

function parseDependencies(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    lines(text).flatMap((line) => {
      const [path = '', behind = ''] = line.split(':');
      return path === '' ? [] : [[path, words(behind)] as const];
    }),
  );
}

interface Alias {
  readonly alias: string;
  readonly name: string;
}

function parseAlias(line: string): readonly Alias[] {
  const [word, alias, name] = words(line);
  return word === 'alias' && alias !== undefined && name !== undefined ? [{ alias, name }] : [];
}

function parseSoftDependencies(text: string): ReadonlyMap<string, readonly string[]> {
  const wishes = new Map<string, readonly string[]>();
  for (const line of lines(text)) {
    const [word, name, ...rest] = words(line);
    if (word !== 'softdep' || name === undefined) continue;
    const more = rest.filter((wish) => !wish.endsWith(':'));
    wishes.set(name, [...(wishes.get(name) ?? []), ...more]);
  }
  return wishes;
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/u).filter(Boolean);
}
