import { createHash } from 'node:crypto';
import { chmod, lchown, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { hasCode, KubeosError } from '@kubeos/core';
import {
  editAccounts,
  type AccountFiles,
  type CreatedAccount,
  type NewAccount,
  type Recipe,
  type RecipeUser,
} from '@kubeos/core/image';
import type { BuildContext } from '../build-context.ts';
import { completeShadow, lastChangeDayOf, withKubeosGroup } from './account-texts.ts';
import { attempt, type Tree } from './tree.ts';

/**
 * Sets root's password, makes the group of the agent's socket and the users of the recipe with their homes. Throws
 * `INVALID_CONFIGURATION` for users and groups that do not fit the image.
 */
export async function makeAccounts(
  tree: Tree,
  recipe: Recipe,
  epochSeconds: number,
  context: BuildContext,
): Promise<void> {
  const users: NewAccount[] = [];
  for (const user of recipe.users) {
    const { name, primaryGroup, groups } = user;
    const passwordHash = await hashPassword(user, recipe.fromRepo.version, context);
    const named = primaryGroup === undefined ? {} : { primaryGroup };
    users.push({ name, passwordHash, groups, ...named });
  }
  const lastChangeDay = lastChangeDayOf(epochSeconds);
  const found = completeShadow(await readAccounts(tree), lastChangeDay);
  const edited = editAccounts(withKubeosGroup(found), {
    rootPasswordHash: recipe.fromRepo.rootPasswd,
    users,
    lastChangeDay,
    shell: (await tree.kindOf('/bin/bash')) === 'file' ? '/bin/bash' : '/bin/sh',
  });
  await writeAccounts(tree, edited.files);
  for (const account of edited.created) await makeHome(tree, account);
}

/**
 * Makes the hash of a password, by openssl on stdin: as an argument every process of this machine could read it. The
 * salt makes the same build twice the same; it must not come from the password, which it would give away.
 */
async function hashPassword(
  { name, passwd }: RecipeUser,
  version: string,
  { exec, signal }: BuildContext,
): Promise<string> {
  const digest = createHash('sha256').update(`${version}\n${name}`).digest('base64');
  const salt = digest.replaceAll(/[^A-Za-z0-9]/gu, '.').slice(0, 16);
  try {
    const args = ['passwd', '-6', '-stdin', '-salt', salt];
    const { stdout } = await exec('openssl', args, { signal, input: `${passwd}\n` });
    return stdout.trim();
  } catch (thrown) {
    if (!hasCode(thrown, 'COMMAND_FAILED')) throw thrown;
    // Without the cause: nobody knows what openssl says of its input.
    const exitCode = Number(thrown.details['exitCode'] ?? -1);
    throw new KubeosError('COMMAND_FAILED', `openssl cannot hash the password of user ${name}`, {
      details: { exitCode },
    });
  }
}

const files = { passwd: 0o644, group: 0o644, shadow: 0o600, gshadow: 0o600 } as const;

async function readAccounts(tree: Tree): Promise<AccountFiles> {
  const [passwd = '', group = '', shadow = '', gshadow] = await Promise.all(
    Object.keys(files).map((name) => tree.readText(`/etc/${name}`)),
  );
  return { passwd, group, shadow, ...(gshadow === undefined ? {} : { gshadow }) };
}

/** Files that are there keep their modes and owners: those of shadow differ from distribution to distribution. */
async function writeAccounts(tree: Tree, texts: AccountFiles): Promise<void> {
  for (const [name, mode] of Object.entries(files)) {
    const text = texts[name as keyof typeof files];
    if (text === undefined) continue;
    const path = `/etc/${name}`;
    if ((await tree.kindOf(path)) === 'nothing') await tree.write(path, '', mode);
    const place = await tree.locate(path);
    await attempt(`Cannot write ${path} of the image`, () => writeFile(place, text));
  }
}

async function makeHome(tree: Tree, { home, uid, gid }: CreatedAccount): Promise<void> {
  await tree.makeFolder(home);
  if ((await tree.kindOf('/etc/skel')) === 'folder') await copySkeleton(tree, '/etc/skel', home);
  const place = await tree.locate(home);
  await attempt(`Cannot give ${home} its mode`, () => chmod(place, 0o700));
  await giveTo(tree, home, uid, gid);
}

async function copySkeleton(tree: Tree, from: string, to: string): Promise<void> {
  for (const name of await tree.list(from)) {
    const [source, target] = [posix.join(from, name), posix.join(to, name)];
    const kind = await tree.kindOf(source);
    if (kind === 'file') await tree.copyIn(await tree.locate(source), target, 0o644);
    if (kind !== 'folder') continue;
    await tree.makeFolder(target);
    await copySkeleton(tree, source, target);
  }
}

async function giveTo(tree: Tree, path: string, uid: number, gid: number): Promise<void> {
  const place = await tree.locateEntry(path);
  await attempt(`Cannot give ${path} to its user`, () => lchown(place, uid, gid));
  if ((await tree.kindOf(path)) !== 'folder') return;
  for (const name of await tree.list(path)) await giveTo(tree, posix.join(path, name), uid, gid);
}
