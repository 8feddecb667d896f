import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that stands for the root of a node, with a `systemctl` of its own. */
export interface NodeRoot {
  readonly root: string;
  readonly socket: string;
  /** Variables of programs on that node, beside those of the test. */
  readonly env: Readonly<Record<string, string>>;
  write(path: string, text: string, mode?: number): Promise<void>;
  remove(): Promise<void>;
}

/** Lays out a node that runs from slot A. The slots are files, unless the configuration says otherwise. */
export async function layOutNode(
  configuration: Readonly<Record<string, unknown>>,
): Promise<NodeRoot> {
  const folder = await mkdtemp(join(tmpdir(), 'os-agent-'));
  const root = join(folder, 'root');
  const write = async (path: string, text: string, mode = 0o644) => {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode });
  };
  const slots = { A: join(folder, 'a.img'), B: join(folder, 'b.img') };
  for (const file of Object.values(slots)) await writeFile(file, Buffer.alloc(2 ** 20));
  await write('proc/cmdline', 'quiet kubeos.slot=A kubeos.why=good\n');
  await write('proc/sys/kernel/random/boot_id', 'first-boot\n');
  await write('proc/uptime', '100.00 100.00\n');
  await write('etc/machine-id', 'this-node\n');
  await write('etc/os-release', 'PRETTY_NAME="KubeOS 1"\n');
  await write('etc/KubeOS/agent.json', JSON.stringify({ slots, ...configuration }));
  await write(
    'usr/bin/systemctl',
    '#!/bin/sh\n[ "$1" != is-system-running ] || echo running\n',
    0o755,
  );
  await mkdir(join(root, 'boot/efi/EFI/openEuler'), { recursive: true });
  await mkdir(join(root, 'run/os-agent'), { recursive: true });
  await mkdir(join(root, 'persist'));
  return {
    root,
    socket: join(root, 'run/os-agent/os-agent.sock'),
    // The options of jest's Node are not for the agent's.
    env: { PATH: `${join(root, 'usr/bin')}:${process.env['PATH'] ?? ''}`, NODE_OPTIONS: '' },
    write,
    remove: () => rm(folder, { recursive: true }),
  };
}
