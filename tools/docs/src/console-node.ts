/** A folder that stands for a node whose new system is on trial, for what a person types at its console. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { newBlock } from '@kubeos/core';
import { repository } from './pages.ts';

/** The node. */
export interface ConsoleNode {
  /** Variables of a shell on it, in which `os-agent` is the agent of this repository. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Lays it out. It runs from slot B, and may go back to A. */
export async function layOutConsoleNode(): Promise<ConsoleNode> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeos-console-'));
  const root = join(folder, 'root');
  const write = async (path: string, content: string | Uint8Array, mode = 0o644) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode });
  };
  const slots = { A: join(folder, 'a.img'), B: join(folder, 'b.img') };
  for (const slot of Object.values(slots)) await write(slot, Buffer.alloc(2 ** 20));
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'proc/cmdline': 'quiet kubeos.slot=B kubeos.why=trial\n',
    'proc/sys/kernel/random/boot_id': 'trial-boot\n',
    'proc/uptime': '100.00 100.00\n',
    'etc/machine-id': 'this-node\n',
    'etc/os-release': 'PRETTY_NAME="KubeOS 2.0.0"\n',
    'etc/KubeOS/agent.json': JSON.stringify({ slots }),
    'boot/efi/EFI/openEuler/grubenv': newBlock({
      good: 'A',
      order: ['B', 'A'],
      left: { A: 0, B: 2 },
      slots: { A: 'good', B: 'trial' },
      seq: 3,
    }),
  };
  for (const [path, content] of Object.entries(files)) await write(join(root, path), content);
  await mkdir(join(root, 'persist'));
  const programs = join(folder, 'bin');
  const agent = join(repository, 'apps/agent/src/main.ts');
  const command = `"${process.execPath}" --conditions=@kubeos/source "${agent}" "$@" --root "${root}"`;
  await write(join(programs, 'os-agent'), `#!/bin/sh\nexec ${command}\n`, 0o755);
  const systemctl = '#!/bin/sh\n[ "$1" != is-system-running ] || echo running\n';
  await write(join(programs, 'systemctl'), systemctl, 0o755);
  return {
    env: { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` },
    remove: () => rm(folder, { recursive: true }),
  };
}
