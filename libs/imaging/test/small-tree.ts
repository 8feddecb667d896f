import { createHash } from 'node:crypto';
import { chmod, chown, link, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exec } from '@kubeos/host';

/** Seconds since 1970 of all builds of tests. */
export const epochSeconds = 1_700_000_000;

/** Bytes that do not compress and are the same in every run. */
export function noise(seed: string, bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < bytes; at += 1) {
    parts.push(createHash('sha256').update(`${seed} ${at}`).digest());
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** What differs between two trees. */
export interface SmallTreeOptions {
  /** Text of files that differ from version to version. */
  readonly version: string;
  /** So many other files. */
  readonly files: number;
}

/** Makes a tree with one of everything that a root file system can hold. Needs root. */
export async function makeSmallTree(
  exec: Exec,
  dir: string,
  { version, files }: SmallTreeOptions,
): Promise<void> {
  const at = (path: string): string => join(dir, path);
  for (const folder of ['boot', 'dev', 'etc', 'tmp', 'usr/bin', 'usr/lib/many', 'usr/share']) {
    await mkdir(at(folder), { recursive: true });
  }
  await writeFile(at('boot/vmlinuz'), noise('kernel', 300_000));
  await writeFile(at('etc/os-release'), `PRETTY_NAME="KubeOS ${version}"\n`);
  await writeFile(at('usr/bin/ping'), noise('ping', 50_000));
  await chmod(at('usr/bin/ping'), 0o4755);
  await exec('setcap', ['cap_net_raw=ep', at('usr/bin/ping')]);
  await link(at('usr/bin/ping'), at('usr/bin/ping4'));
  await symlink('usr/bin', at('bin'));
  await symlink(`/usr/${'long/'.repeat(30)}`, at('usr/share/long'));
  await writeFile(at('usr/share/F\u0151tan\u00fas\u00edtv\u00e1ny.crt'), 'certificate');
  await writeFile(at(`usr/share/${'n'.repeat(120)}`), version);
  await chown(at('usr/share'), 1234, 70_000);
  await exec('mknod', [at('dev/null'), 'c', '1', '3']);
  await chmod(at('tmp'), 0o1777);
  for (let file = 0; file < files; file += 1) {
    await writeFile(at(`usr/lib/many/${file}`), noise(`file ${file}`, 40_000));
  }
  // Older than the build, and with parts of a second.
  await utimes(at('boot/vmlinuz'), 1_600_000_000.25, 1_600_000_000.25);
}
