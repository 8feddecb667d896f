import { open } from 'node:fs/promises';

import { bootStep, slotNames, type BootWhy, type SlotName } from '@kubeos/core';
import { createSlotFiles, exec, prettyName, readBytesIfThere } from '@kubeos/host';

import { initFile, kernelFiles, kubeletFile } from '../images/image-tree.ts';

/** What the stand-in for the boot loader works on. */
export interface BootLoaderInputs {
  /** Path of the boot environment block. */
  readonly grubenv: string;
  /** The partitions of the slots. */
  readonly slots: Readonly<Record<SlotName, string>>;
}

/** What a slot would do when it is booted; read from its file system without mounting it. */
export interface SlotSystem {
  readonly hasInit: boolean;
  readonly hasKubelet: boolean;
  /** Text of its os-release, empty when there is none. */
  readonly osRelease: string;
  /** PRETTY_NAME. */
  readonly version: string;
}

/** What the boot loader chose; no slot when it could load none. */
export interface BootChoiceMade {
  readonly slot: SlotName | undefined;
  readonly why: BootWhy;
}

/**
 * One pass of the boot loader over the real boot environment: the counted-down attempts are written back as GRUB's
 * `save_env` does, over the block in place. A slot is loadable when kernel and initrd lie in it.
 */
export async function runBootLoader(inputs: BootLoaderInputs): Promise<BootChoiceMade> {
  const block = await readBytesIfThere(inputs.grubenv);
  const [a, b] = await Promise.all(slotNames.map((slot) => isLoadable(inputs.slots[slot])));
  const step = bootStep(block, { saveOk: true, loadable: { A: a === true, B: b === true } });
  if (step.block !== undefined && step.block !== block) {
    await overwrite(inputs.grubenv, step.block);
  }
  return { slot: step.slot, why: step.why };
}

/** Looks at what the kernel would find in this partition. */
export async function readSlotSystem(partition: string): Promise<SlotSystem> {
  const files = createSlotFiles(exec, partition);
  const osRelease = (await files.read('/etc/os-release')) ?? '';
  return {
    hasInit: (await files.regularFile(initFile)) !== undefined,
    hasKubelet: (await files.regularFile(kubeletFile)) !== undefined,
    osRelease,
    version: prettyName(osRelease),
  };
}

async function isLoadable(partition: string): Promise<boolean> {
  const files = createSlotFiles(exec, partition);
  for (const path of kernelFiles) {
    if ((await files.regularFile(path)) === undefined) return false;
  }
  return true;
}

async function overwrite(path: string, block: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(block, 0, block.length, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
