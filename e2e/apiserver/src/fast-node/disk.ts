import { freshVars, newBlock, type SlotName, type SlotState } from '@kubeos/core';
import type { FastImage } from './images.ts';

/** What the disk of a fast node holds at first. */
export interface FastDiskContent {
  /** Booted, and confirmed long ago. */
  readonly image: FastImage;
  /** In the other slot; default nothing. */
  readonly idle?: { readonly image: FastImage; readonly state: SlotState };
}

/** What outlives a reboot: boot environment, state file and slots. */
export class FastDisk {
  block: Uint8Array | undefined;
  state: string | undefined;
  readonly slots: Record<SlotName, FastImage | undefined>;

  constructor({ image, idle }: FastDiskContent) {
    const slots = { A: 'good', B: idle?.state ?? 'empty' } as const;
    this.block = newBlock({ ...freshVars('A', 0), slots });
    this.slots = { A: image, B: idle?.image };
  }
}
