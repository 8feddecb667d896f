import { rename } from 'node:fs/promises';
import { posix } from 'node:path';
import { rpmDatabase } from './dnf.ts';
import { attempt, type Tree } from './tree.ts';

/** Where the database of dpkg is in an image: it belongs to the slot, not to what PERSIST keeps. */
const dpkgDatabase = '/usr/lib/sysimage/dpkg';

/**
 * Takes away what installing left of the build host, before anything of the recipe comes in: names and name servers of
 * the build host, and the configuration of the installation. Links and files that packages made themselves stay.
 */
export async function removeTracesOfHost(tree: Tree): Promise<void> {
  for (const path of ['/etc/resolv.conf', '/etc/hostname']) {
    const isFile = (await tree.kindOf(path)) === 'file';
    if (isFile && (await tree.locate(path)) === (await tree.locateEntry(path))) {
      await tree.remove(path);
    }
  }
  await tree.remove('/etc/apt/apt.conf.d/99mmdebstrap');
  await tree.remove('/etc/dpkg/dpkg.cfg.d/99mmdebstrap');
  await tree.remove('/etc/apt/sources.list');
  for (const name of await tree.list('/etc/apt/sources.list.d')) {
    // mmdebstrap numbers the lists it was given.
    if (/^\d{4}/u.test(name)) await tree.remove(`/etc/apt/sources.list.d/${name}`);
  }
}

/** Folders that are empty in an image: mounted over on a node, or of use only while building. */
const emptied: readonly string[] = [
  ...['/dev', '/proc', '/sys', '/run', '/tmp', '/var/tmp', '/var/cache'],
  ...['/var/lib/apt', '/var/lib/dnf', '/var/lib/yum', '/var/lib/ucf'],
];

/** Files that would be the same on all nodes and must not be (B-63), or that hold traces of the build. */
const removed: readonly string[] = [
  ...['/var/lib/dbus/machine-id', '/var/lib/systemd/random-seed'],
  ...['/var/lib/systemd/credential.secret', '/var/lib/systemd/catalog/database'],
  ...['/var/lib/systemd/deb-systemd-helper-enabled', '/var/lib/systemd/deb-systemd-helper-masked'],
  ...['/var/lib/systemd/deb-systemd-user-helper-enabled', '/etc/.pwd.lock', '/etc/.updated'],
  ...['/var/.updated', '/etc/passwd-', '/etc/shadow-', '/etc/group-', '/etc/gshadow-'],
  ...['/etc/subuid-', '/etc/subgid-', '/root/.bash_history', '/root/.wget-hsts'],
];

/** Folders that have to be there for the initrd, systemd and the agent to mount something on. */
const mountPoints: readonly string[] = [
  ...['/dev', '/proc', '/sys', '/run', '/tmp', '/mnt', '/var', '/root', '/etc'],
  ...['/persist', '/boot/efi', '/opt/cni'],
];

/** Makes a tree one that many nodes can be made of, and the same each time. */
export async function cleanTree(tree: Tree): Promise<void> {
  for (const path of emptied) await tree.empty(path);
  for (const path of removed) await tree.remove(path);
  await removeFiles(tree, '/var/log');
  for (const name of await tree.list('/etc/ssh')) {
    if (/^ssh_host_.*_key(?:\.pub)?$/u.test(name)) await tree.remove(`/etc/ssh/${name}`);
  }
  for (const path of mountPoints) await tree.makeFolder(path);
  // Empty, not missing: systemd then makes one for each node, and does not take it for a first boot.
  await tree.remove('/etc/machine-id');
  await tree.write('/etc/machine-id', '', 0o444);
}

/** Logs of the build; the folders stay, with owners that services count on. */
async function removeFiles(tree: Tree, folder: string): Promise<void> {
  for (const name of await tree.list(folder)) {
    const path = posix.join(folder, name);
    if ((await tree.kindOf(path)) === 'folder') await removeFiles(tree, path);
    else await tree.remove(path);
  }
}

/** What dpkg-query and scanners read; the scripts of packages that can never be changed are left out. */
const dpkgFiles = /^(?:status|arch|diversions|statoverride|info|updates)$/u;
const dpkgInfo = /(?:\.(?:list|md5sums)|^format)$/u;

/**
 * Moves the database of the packages to `/usr/lib/sysimage`, where it is part of the slot: in `/var` an upgrade would
 * leave the one of the first image for ever. `/var/lib/dpkg` and `/var/lib/rpm` are links to it, for those who look
 * there.
 */
export async function movePackageDatabase(tree: Tree, manager: 'apt' | 'dnf'): Promise<void> {
  if (manager === 'dnf') {
    await tree.remove('/var/lib/rpm');
    await tree.link('/var/lib/rpm', `../..${rpmDatabase}`);
    return;
  }
  const from = await tree.locateEntry('/var/lib/dpkg');
  await tree.makeFolder(posix.dirname(dpkgDatabase));
  const to = await tree.locateEntry(dpkgDatabase);
  await attempt('Cannot move the database of dpkg', () => rename(from, to));
  for (const name of await tree.list(dpkgDatabase)) {
    if (!dpkgFiles.test(name)) await tree.remove(`${dpkgDatabase}/${name}`);
  }
  for (const name of await tree.list(`${dpkgDatabase}/info`)) {
    if (!dpkgInfo.test(name)) await tree.remove(`${dpkgDatabase}/info/${name}`);
  }
  await tree.link('/var/lib/dpkg', `../..${dpkgDatabase}`);
}
