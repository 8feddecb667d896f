import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { freshVars, newBlock, type BootWhy, type SlotName } from '@kubeos/core';
import { defaultBootDir, measureDevice } from '@kubeos/host';

/** Paths below the folder that stands for the root of a node. */
export interface NodeRoot {
  readonly root: string;
  /** The boot environment block. */
  readonly grubenv: string;
  /** Where the partition PERSIST is mounted. */
  readonly persist: string;
  /** The agent's socket. */
  readonly socket: string;
  /** Folder with the node's own `systemctl`, first on the PATH of its programs. */
  readonly programs: string;
  /** Exists while a reboot has been ordered; the node's `systemctl` makes it. */
  readonly rebootOrder: string;
}

/** The paths of a node that lives in this folder. */
export function nodeRootPaths(folder: string): NodeRoot {
  const root = join(folder, 'root');
  return {
    root,
    grubenv: join(root, defaultBootDir, 'grubenv'),
    persist: join(root, 'persist'),
    socket: join(root, 'run/os-agent/os-agent.sock'),
    programs: join(folder, 'bin'),
    rebootOrder: join(folder, 'orders/reboot'),
  };
}

/** What a node is given before its first boot. */
export interface NodeIdentity {
  readonly machineId: string;
  /** The disk with the slots. */
  readonly device: string;
  /** CA of the image server, PEM. */
  readonly caFile?: string;
}

/**
 * Lays out what a node has before its first boot: identity, certificates, boot environment, the agent's configuration,
 * `systemctl`. Devices are those of this machine; the disk is named because other nodes' disks look alike.
 */
export async function layOutNodeRoot(paths: NodeRoot, given: NodeIdentity): Promise<void> {
  const configuration = { disk: given.device, idleSeconds: agentIdleSeconds };
  await put(join(paths.root, 'etc/KubeOS/agent.json'), JSON.stringify(configuration));
  await symlink('/dev', join(paths.root, 'dev'));
  await symlink('/sys', join(paths.root, 'sys'));
  await put(join(paths.root, 'etc/machine-id'), `${given.machineId}\n`);
  await put(paths.grubenv, newBlock(freshVars('A', 0)));
  await put(join(paths.programs, 'systemctl'), systemctl(paths.rebootOrder), 0o755);
  await mkdir(dirname(paths.rebootOrder), { recursive: true });
  await mkdir(dirname(paths.socket), { recursive: true });
  const certificates = join(paths.root, 'etc/KubeOS/certs');
  await mkdir(certificates, { recursive: true });
  if (given.caFile !== undefined) await copyFile(given.caFile, join(certificates, 'ca.crt'));
}

const agentIdleSeconds = 5;

/** What the kernel and the mounted root tell after a boot. */
export interface BootFiles {
  readonly bootId: string;
  readonly slot: SlotName;
  readonly why: BootWhy;
  /** The partition of the slot. */
  readonly partition: string;
  readonly osRelease: string;
}

/** Writes what a program on the node reads of this boot. */
export async function writeBootFiles(paths: NodeRoot, boot: BootFiles): Promise<void> {
  const { number = '0:0' } = await measureDevice(boot.partition);
  const file = (name: string, text: string): Promise<void> => put(join(paths.root, name), text);
  await rm(paths.rebootOrder, { force: true });
  await file('proc/cmdline', `quiet kubeos.slot=${boot.slot} kubeos.why=${boot.why}\n`);
  await file('proc/sys/kernel/random/boot_id', `${boot.bootId}\n`);
  await file('proc/self/mountinfo', `1 0 ${number} / / ro,relatime - ext4 /dev/root ro\n`);
  await file('etc/os-release', boot.osRelease);
  await writeUptime(paths, 0);
}

/** Lets the node's clock of uptime stand at this. */
export async function writeUptime(paths: NodeRoot, seconds: number): Promise<void> {
  const text = seconds.toFixed(2);
  await put(join(paths.root, 'proc/uptime'), `${text} ${text}\n`);
}

/** Whole or not at all: programs of the node read at any moment. */
async function put(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, content, { mode });
  await rename(`${path}.new`, path);
}

/** As much of systemctl(1) as an agent asks for. */
function systemctl(rebootOrder: string): string {
  return `#!/bin/sh
order='${rebootOrder}'
case "$1" in
  reboot) : > "$order" ;;
  # Passes are run while the sector shows a trial, whoever starts or stops their timers.
  start|stop) ;;
  is-system-running) if [ -e "$order" ]; then echo stopping; exit 1; fi; echo running ;;
  *) echo "systemctl: not played: $*" >&2; exit 1 ;;
esac
`;
}
