import { posix } from 'node:path';
import { hasCode, KubeosError } from '@kubeos/core';
import type { BuildContext } from '../build-context.ts';
import { isolated } from '../root/isolation.ts';
import { openTree } from '../root/tree.ts';

/** What agent and initrd run on the node, and which package brings it (Debian, which most others name alike). */
const programs: Readonly<Record<string, string>> = {
  cp: 'coreutils',
  debugfs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  flock: 'util-linux',
  journalctl: 'systemd',
  'mkfs.ext4': 'e2fsprogs',
  mount: 'mount',
  resize2fs: 'e2fsprogs',
  sfdisk: 'fdisk',
  systemctl: 'systemd',
  tar: 'tar',
  umount: 'mount',
  xz: 'xz-utils',
  zstd: 'zstd',
};
const folders = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'];

/**
 * Makes sure that the agent of an image can run: Node.js starts in it, and the programs that are called are there. A
 * node that lacks one would boot, and fail with its first upgrade. Throws `INVALID_SPEC`, `COMMAND_TIMEOUT`, `CANCELLED`.
 */
export async function requireAgentPrograms(
  dir: string,
  { exec, signal }: BuildContext,
): Promise<void> {
  const tree = openTree(dir);
  const isThere = async (program: string): Promise<boolean> => {
    for (const folder of folders) {
      if ((await tree.kindOf(posix.join(folder, program))) === 'file') return true;
    }
    return false;
  };
  const missing: string[] = [];
  for (const program of Object.keys(programs)) {
    if (!(await isThere(program))) missing.push(program);
  }
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((program) => programs[program]))];
    throw new KubeosError(
      'INVALID_SPEC',
      `from_repo.rpmlist: a node needs ${missing.join(', ')}: add the packages that hold them (Debian: ${packages.join(', ')})`,
    );
  }
  const node = isolated({ file: '/usr/lib/kubeos/node', args: ['--version'] }, { rootDir: dir });
  try {
    await exec(node.file, node.args, { signal });
  } catch (cause) {
    if (!hasCode(cause, 'COMMAND_FAILED')) throw cause;
    throw new KubeosError(
      'INVALID_SPEC',
      'from_repo.rpmlist: Node.js does not start in the image: add the C++ library that it needs (Debian: libstdc++6)',
      { cause },
    );
  }
}
