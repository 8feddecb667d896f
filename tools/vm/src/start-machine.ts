import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KubeosError } from '@kubeos/core';

import type { Machine, MachineOptions } from './contract.ts';
import { agentPort } from './agent.ts';
import { GuestPorts } from './machine/guest-ports.ts';
import { makeMachineFiles } from './machine/machine-files.ts';
import { logName, QemuMachine } from './machine/qemu-machine.ts';
import { findImageTools } from './tools/image-tools.ts';

/**
 * Makes a machine that is off, in a folder of its own among the temporary files. Throws what `findImageTools` throws, and
 * `COMMAND_FAILED` when the overlay of the disk cannot be made.
 */
export async function createMachine(options: MachineOptions): Promise<Machine> {
  const tools = options.tools ?? (await findImageTools(undefined, options.signal));
  const { name } = options;
  const folder = await mkdtemp(join(tmpdir(), name === undefined ? 'vm-' : `vm-${name}-`));
  try {
    await writeFile(join(folder, logName), '');
    const files = await makeMachineFiles(folder, options, tools);
    const ports = await GuestPorts.open(options.guestPorts ?? [agentPort]);
    return new QemuMachine({ options, tools, folder, files, ports });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Makes a machine and switches it on. It has to be disposed of; it also ends with this process. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const machine = await createMachine(options);
  try {
    await machine.start();
    return machine;
  } catch (error) {
    await machine.dispose();
    throw error;
  }
}

/** Runs `body` on a machine that is switched on, and disposes of it. A failure says where the log of the machine is. */
export async function withMachine<T>(
  options: MachineOptions,
  body: (machine: Machine) => Promise<T>,
): Promise<T> {
  await using machine = await startMachine(options);
  try {
    return await body(machine);
  } catch (cause) {
    const failure = KubeosError.from(cause);
    const text = `${failure.message}\nThe log of the machine is ${await machine.keepLog()}`;
    throw new KubeosError(failure.code, text, { cause });
  }
}
