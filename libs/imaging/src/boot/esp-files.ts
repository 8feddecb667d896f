import { freshVars, newBlock } from '@kubeos/core';
import { grubFolder } from '@kubeos/core/image';
import type { EfiGrub } from './grub-image.ts';

/** A file of the boot partition. */
export interface EspFile {
  /** From the root of the file system, without a slash before it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** All files of the boot partition of a new disk: slot A is good, slot B is empty. */
export function espFiles(grub: EfiGrub | undefined, grubConfig: string): readonly EspFile[] {
  return [
    ...(grub === undefined ? [] : [{ path: `EFI/BOOT/${grub.fileName}`, bytes: grub.bytes }]),
    { path: `${grubFolder}/grub.cfg`, bytes: Buffer.from(grubConfig) },
    { path: `${grubFolder}/grubenv`, bytes: newBlock(freshVars('A', 0)) },
  ];
}
