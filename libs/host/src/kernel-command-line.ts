import type { BootWhy, SlotName } from '@kubeos/core';

/** What the boot loader passed on. */
export interface BootChoice {
  /** `kubeos.slot=`; absent when it is not there or names no slot. */
  readonly slot?: SlotName;
  /** `kubeos.why=`; `unknown` when it is not there or is another word. */
  readonly why: BootWhy;
}

const whys: readonly BootWhy[] = ['good', 'trial', 'fallback', 'lastresort', 'manual'];

/** Reads the boot loader's choice from `/proc/cmdline`. As in the kernel, the last of several parameters counts. */
export function parseKernelCommandLine(text: string): BootChoice {
  const last = (name: string): string | undefined =>
    text
      .trim()
      .split(/\s+/u)
      .findLast((word) => word.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const slot = last('kubeos.slot');
  const why = whys.find((word) => word === last('kubeos.why')) ?? 'unknown';
  return slot === 'A' || slot === 'B' ? { slot, why } : { why };
}
