/** What GRUB does with the boot sector, as a function; `grub.cfg` says the same in GRUB's own words. */
import type { BootWhy } from '../api/agent-status.ts';
import { otherSlot, slotNames, type SlotName } from '../api/operation.ts';
import { leftName, parseBootBlock, type BootVars } from './boot-vars.ts';
import { setEnvVariable } from './env-block.ts';

/** What the machine lets the boot loader do. */
export interface BootConditions {
  /** `save_env` reaches the disk. */
  readonly saveOk: boolean;
  /** Kernel and initrd of the slot can be loaded. */
  readonly loadable: Readonly<Record<SlotName, boolean>>;
}

/** What the boot loader did. */
export interface BootStep {
  /** The slot whose kernel runs; `undefined` when none could be loaded and the machine stays in the loader. */
  readonly slot: SlotName | undefined;
  /** What the kernel is told in `kubeos.why=`; `unknown` when nothing boots. */
  readonly why: BootWhy;
  /** The block afterwards: the attempts may have been counted down. */
  readonly block: Uint8Array | undefined;
}

/**
 * One pass of the boot loader.
 *
 * 1. A candidate in trial with attempts left boots if its count could be lowered, saved, and read back lower.
 * 2. Otherwise, and when the candidate's kernel cannot be loaded, `good` boots.
 * 3. When that cannot be loaded the other slot boots if it is `good` too.
 * 4. Without a readable block A is tried, then B, and nothing is counted.
 */
export function bootStep(block: Uint8Array | undefined, conditions: BootConditions): BootStep {
  const parsed = parseBootBlock(block);
  if (block === undefined || parsed.kind !== 'ok') {
    return firstLoadable(slotNames, 'lastresort', block, conditions);
  }
  const { vars } = parsed;
  const candidate = otherSlot(vars.good);
  const saved = countDown(block, vars, candidate, conditions.saveOk);
  const left = saved ?? block;
  const again = parseBootBlock(left);
  const isCounted = again.kind === 'ok' && again.vars.left[candidate] < vars.left[candidate];
  if (isCounted && conditions.loadable[candidate]) {
    return { slot: candidate, why: 'trial', block: left };
  }
  if (conditions.loadable[vars.good]) return { slot: vars.good, why: 'good', block: left };
  const fallbacks = vars.slots[candidate] === 'good' ? [candidate] : [];
  return firstLoadable(fallbacks, 'fallback', left, conditions);
}

/** The block after one attempt less was saved; `undefined` when there is none left, or nothing was saved. */
function countDown(
  block: Uint8Array,
  vars: BootVars,
  candidate: SlotName,
  saveOk: boolean,
): Uint8Array | undefined {
  const lower = vars.left[candidate] - 1;
  return lower < 0 || !saveOk
    ? undefined
    : setEnvVariable(block, leftName(candidate), String(lower));
}

function firstLoadable(
  slots: readonly SlotName[],
  why: BootWhy,
  block: Uint8Array | undefined,
  conditions: BootConditions,
): BootStep {
  const slot = slots.find((name) => conditions.loadable[name]);
  return { slot, why: slot === undefined ? 'unknown' : why, block };
}
