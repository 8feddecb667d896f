import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { KubeosError } from '@kubeos/core';
import { exec } from '@kubeos/host';

import type { DiskOptions, MachineOptions } from '../contract.ts';
import type { ImageTools } from '../tools/image-tools.ts';
import type { MachineFiles } from './qemu-arguments.ts';

/** Makes what the machine writes, in its folder: nothing that it is made from is ever written. */
export async function makeMachineFiles(
  folder: string,
  options: MachineOptions,
  tools: ImageTools,
): Promise<MachineFiles> {
  const { disk, firmware, copyOf } = options;
  if (copyOf !== undefined && (copyOf.isOn() || disk?.isWrittenInPlace === true)) {
    throw new KubeosError('BUG', 'Only a machine that is off and has an overlay can be copied');
  }
  const overlay = async (name: string, base: DiskOptions): Promise<string> => {
    const file = join(folder, name);
    if (copyOf === undefined) await makeOverlay(tools, file, base);
    else await copyFile(join(copyOf.folder, name), file, constants.COPYFILE_FICLONE);
    return file;
  };
  return {
    ...(disk === undefined ? {} : { disk: await diskOf(disk, overlay) }),
    ...(firmware === 'bios'
      ? {}
      : {
          uefi: {
            code: tools.ovmfCode,
            variables: await overlay('variables.qcow2', { file: tools.ovmfVars }),
          },
        }),
  };
}

async function diskOf(
  disk: DiskOptions,
  overlay: (name: string, base: DiskOptions) => Promise<string>,
): Promise<NonNullable<MachineFiles['disk']>> {
  const { file, format = 'raw', isWrittenInPlace = false } = disk;
  if (isWrittenInPlace) return { file, format };
  return { file: await overlay('disk.qcow2', disk), format: 'qcow2' };
}

async function makeOverlay(tools: ImageTools, file: string, base: DiskOptions): Promise<void> {
  const { format = 'raw', sizeBytes } = base;
  const size = sizeBytes === undefined ? [] : [String(sizeBytes)];
  // A relative name would count from the folder of the overlay.
  const image = resolve(base.file);
  const args = ['create', '-q', '-f', 'qcow2', '-b', image, '-F', format, file, ...size];
  try {
    await exec(tools.qemuImg, args);
  } catch (cause) {
    const failure = KubeosError.from(cause);
    const text = `No machine can be made from ${image}: ${failure.message}`;
    throw new KubeosError(failure.code, text, { cause });
  }
}
