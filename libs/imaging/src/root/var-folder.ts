import { lstat, mkdir, readlink, rename } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { varFactoryText, type VarEntry } from '@kubeos/core/image';
import { attempt, type Tree } from './tree.ts';

const factory = '/usr/share/factory/var';

/**
 * Moves what packages and the recipe put in `/var` to where systemd-tmpfiles makes it anew on PERSIST, and leaves an
 * empty `/var` to mount that on.
 */
export async function moveVarToFactory(tree: Tree): Promise<void> {
  const names = await readNames(tree);
  const entries = await entriesBelow(tree, '/var', names);
  await tree.remove(factory);
  await tree.makeFolder(dirname(factory));
  const [from, to] = [await tree.locateEntry('/var'), await tree.locateEntry(factory)];
  await attempt('Cannot move /var of the image', async () => {
    await rename(from, to);
    await mkdir(from, 0o755);
  });
  await tree.write('/usr/lib/tmpfiles.d/kubeos-var.conf', varFactoryText(entries));
}

/** Names of users and groups by number: the number of a user may be another one on a node that made some itself. */
interface Names {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

async function readNames(tree: Tree): Promise<Names> {
  const read = async (path: string): Promise<ReadonlyMap<number, string>> => {
    const names = new Map<number, string>();
    for (const line of ((await tree.readText(path)) ?? '').split('\n')) {
      const [name = '', , id = ''] = line.split(':');
      if (/^\d+$/u.test(id) && !names.has(Number(id))) names.set(Number(id), name);
    }
    return names;
  };
  return { users: await read('/etc/passwd'), groups: await read('/etc/group') };
}

async function entriesBelow(
  tree: Tree,
  folder: string,
  names: Names,
): Promise<readonly VarEntry[]> {
  const entries: VarEntry[] = [];
  for (const name of await tree.list(folder)) {
    const path = posix.join(folder, name);
    const entry = await entryOf(tree, path, names);
    if (entry === undefined) {
      // Sockets and pipes are of programs that ran during the build.
      await tree.remove(path);
      continue;
    }
    entries.push(entry);
    if (entry.kind === 'dir') entries.push(...(await entriesBelow(tree, path, names)));
  }
  return entries;
}

async function entryOf(tree: Tree, path: string, names: Names): Promise<VarEntry | undefined> {
  const place = await tree.locateEntry(path);
  return attempt(`Cannot look at ${path} of the image`, async () => {
    const facts = await lstat(place);
    if (facts.isSymbolicLink()) return { path, kind: 'symlink', target: await readlink(place) };
    if (!facts.isDirectory() && !facts.isFile()) return undefined;
    return {
      path,
      kind: facts.isDirectory() ? 'dir' : 'file',
      mode: facts.mode & 0o7777,
      user: names.users.get(facts.uid) ?? facts.uid,
      group: names.groups.get(facts.gid) ?? facts.gid,
    };
  });
}
