import { copyFile, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { freshVars, newBlock, type BootWhy, type SlotName } from '@kubeos/core';
import { defaultBootDir, measureDevice } from '@kubeos/host';

import { factorySettings, parameterFile, startingKernel, sysctlFile } from './factory-settings.ts';
import { put } from './put.ts';
import { journalctl, systemctl, unitFiles, type UnitFiles } from './unit-files.ts';

/** Paths below the folder that stands for the root of a node. */
export interface NodeRoot {
  readonly root: string;
  /** The boot environment block. */
  readonly grubenv: string;
  /** Where the partition PERSIST is mounted. */
  readonly persist: string;
  /** The agent's socket. */
  readonly socket: string;
  /** Folder with the node's own `systemctl` and `journalctl`, first on the PATH of its programs. */
  readonly programs: string;
  /** What the node's `systemctl` leaves for the machine to do, and what it finds of its programs. */
  readonly units: UnitFiles;
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
    units: unitFiles(join(folder, 'units')),
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
 * Lays out what a node has before its first boot: identity, certificates, boot environment, settings, the agent's
 * configuration, `systemctl`. Devices are those of this machine; the disk is named because other nodes' disks look alike.
 */
export async function layOutNodeRoot(paths: NodeRoot, given: NodeIdentity): Promise<void> {
  const configuration = {
    disk: given.device,
    idleSeconds: agentIdleSeconds,
    // The nodes share the loopback of one machine, so their kubelets have no health endpoint (`healthzPort: 0`).
    settings: { kubeletHealthz: false },
  };
  await put(join(paths.root, 'etc/KubeOS/agent.json'), JSON.stringify(configuration));
  await symlink('/dev', join(paths.root, 'dev'));
  await symlink('/sys', join(paths.root, 'sys'));
  await put(join(paths.root, 'etc/machine-id'), `${given.machineId}\n`);
  await put(paths.grubenv, newBlock(freshVars('A', 0)));
  for (const [path, text] of Object.entries(factorySettings)) {
    await put(join(paths.root, path), text);
  }
  await put(join(paths.programs, 'systemctl'), systemctl(paths.units), 0o755);
  await put(join(paths.programs, 'journalctl'), journalctl(paths.units), 0o755);
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
  const { units } = paths;
  await rm(units.folder, { recursive: true, force: true });
  await mkdir(units.folder);
  await file('proc/cmdline', `quiet kubeos.slot=${boot.slot} kubeos.why=${boot.why}\n`);
  await file('proc/sys/kernel/random/boot_id', `${boot.bootId}\n`);
  await file('proc/self/mountinfo', `1 0 ${number} / / ro,relatime - ext4 /dev/root ro\n`);
  await file('etc/os-release', boot.osRelease);
  const parameters = startingKernel(await readFile(join(paths.root, sysctlFile), 'utf8'));
  for (const [key, value] of parameters) await file(parameterFile(key), `${value}\n`);
  await writeUptime(paths, 0);
}

/** Lets the node's clock of uptime stand at this. */
export async function writeUptime(paths: NodeRoot, seconds: number): Promise<void> {
  const text = seconds.toFixed(2);
  await put(join(paths.root, 'proc/uptime'), `${text} ${text}\n`);
}
