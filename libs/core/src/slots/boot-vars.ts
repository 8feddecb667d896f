/** Our variables in the boot sector, and how they are read from a block and put into one. */
import type { SlotState } from '../api/agent-status.ts';
import { otherSlot, slotNames, type SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import {
  envBlockBytes,
  envVariable,
  envVariables,
  readEnvLines,
  renderEnvLines,
  sectorBytes,
  type EnvLine,
} from './env-block.ts';

/** How often a candidate is booted before the boot loader gives it up. */
export const bootAttempts = 3;

/** What the boot sector says. All of it changes in one sector write. */
export interface BootVars {
  /** The slot that boots when no trial is on. */
  readonly good: SlotName;
  /** Slots in the order in which they are tried; the candidate stands first during a trial. */
  readonly order: readonly SlotName[];
  /** Boot attempts left; above zero only for a candidate in trial. */
  readonly left: Readonly<Record<SlotName, number>>;
  readonly slots: Readonly<Record<SlotName, SlotState>>;
  /** The highest sequence number of an operation that this node has seen. */
  readonly seq: number;
}

/** What a block holds. `upstream` is a block of upstream KubeOS, which knows no attempts and no way back. */
export type BootBlock =
  | { readonly kind: 'ok'; readonly vars: BootVars }
  | { readonly kind: 'upstream'; readonly savedEntry: SlotName }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason };

/** Why a block cannot be used: there is none, it has no signature, or `good` names no slot. */
export type UnreadableReason = 'missing' | 'noSignature' | 'noGoodSlot';

const slotStates: readonly SlotState[] = ['empty', 'ready', 'trial', 'good', 'failed'];
const leftNames = { A: 'left_a', B: 'left_b' } as const;
const stateNames = { A: 'slot_a', B: 'slot_b' } as const;
/** The variable of upstream's `grub.cfg`; its values are the titles of the two entries, `A` and `B`. */
const savedEntryName = 'saved_entry';

/** Name of the variable that counts the boot attempts left of a slot. */
export function leftName(slot: SlotName): string {
  return leftNames[slot];
}

/**
 * Reads our variables. Only `good` decides whether a block is readable, for GRUB as for the agent; whatever else is
 * missing or out of range takes its safe meaning: no trial, and the other slot is empty.
 */
export function parseBootBlock(block: Uint8Array | undefined): BootBlock {
  if (block === undefined) return { kind: 'unreadable', reason: 'missing' };
  const lines = readEnvLines(block);
  if (lines === undefined) return { kind: 'unreadable', reason: 'noSignature' };
  const variables = envVariables(lines);
  const good = slotOf(variables.get('good'));
  if (good !== undefined) return { kind: 'ok', vars: readVars(variables, good) };
  const savedEntry = slotOf(variables.get(savedEntryName));
  return savedEntry === undefined
    ? { kind: 'unreadable', reason: 'noGoodSlot' }
    : { kind: 'upstream', savedEntry };
}

/** The entry that upstream's own `grub.cfg` would boot; `undefined` when the block has no such variable. */
export function upstreamEntry(block: Uint8Array | undefined): SlotName | undefined {
  const lines = block === undefined ? undefined : readEnvLines(block);
  return lines === undefined ? undefined : slotOf(envVariables(lines).get(savedEntryName));
}

function readVars(variables: ReadonlyMap<string, string>, good: SlotName): BootVars {
  const candidate = otherSlot(good);
  const state = slotStates.find((word) => word === variables.get(stateNames[candidate])) ?? 'empty';
  const isFirst = variables.get('order')?.split(' ')[0] === candidate;
  const left = isFirst && state === 'trial' ? attemptsOf(variables.get(leftNames[candidate])) : 0;
  const seq = Number(variables.get('seq'));
  return {
    good,
    order: isFirst && state === 'trial' ? [candidate, good] : [good],
    left: bySlot(candidate, left, 0),
    slots: bySlot(candidate, state, 'good'),
    seq: Number.isSafeInteger(seq) && seq > 0 ? seq : 0,
  };
}

function attemptsOf(text: string | undefined): number {
  return text !== undefined && /^[1-3]$/.test(text) ? Number(text) : 0;
}

function slotOf(text: string | undefined): SlotName | undefined {
  return slotNames.find((name) => name === text);
}

/** A record of both slots from the value of one and that of the other. */
export function bySlot<T>(slot: SlotName, value: T, otherValue: T): Record<SlotName, T> {
  return slot === 'A' ? { A: value, B: otherValue } : { A: otherValue, B: value };
}

/** True when both say the same. `left` is not looked at where GRUB may have counted since. */
export function sameVars(one: BootVars, other: BootVars, counted: 'left' | 'exact'): boolean {
  const keys: readonly (keyof BootVars)[] = ['good', 'order', 'slots', 'seq'];
  const all = counted === 'exact' ? [...keys, 'left' as const] : keys;
  return all.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}

/** How a change gets onto the disk: one sector in place, or a whole block where the one there cannot be built on. */
export type BootBlockWrite =
  | { readonly kind: 'sector'; readonly bytes: Uint8Array }
  | { readonly kind: 'replace'; readonly bytes: Uint8Array };

/** Decides how to write the variables over what is there. Throws `BOOT_SECTOR_FULL`. */
export function writeBootVars(block: Uint8Array | undefined, vars: BootVars): BootBlockWrite {
  const bytes = renderSector(block, vars);
  const padding = '#'.charCodeAt(0);
  // GRUB saves nothing into a block whose end is not padding, so a torn or odd-sized one is made anew.
  const isSound =
    block?.length === envBlockBytes &&
    block.subarray(sectorBytes).every((byte) => byte === padding);
  if (isSound) return { kind: 'sector', bytes };
  const whole = new Uint8Array(envBlockBytes).fill(padding);
  whole.set(bytes);
  return { kind: 'replace', bytes: whole };
}

/**
 * The first sector with our variables set and everything else kept in its order.
 *
 * An existing `saved_entry` follows the first slot of `order`, so that a node that still has upstream's `grub.cfg`
 * boots what we say (without any counting). Throws `BOOT_SECTOR_FULL` when foreign variables leave no room.
 */
export function renderSector(block: Uint8Array | undefined, vars: BootVars): Uint8Array {
  const lines = (block === undefined ? undefined : readEnvLines(block)) ?? [];
  const sector = renderEnvLines(withVars(lines, vars), sectorBytes);
  if (sector !== undefined) return sector;
  throw new KubeosError(
    'BOOT_SECTOR_FULL',
    `Variables of others leave no room for ours in the first ${sectorBytes} bytes of grubenv`,
    { details: { lines: lines.length } },
  );
}

/** A whole new block that holds our variables only. */
export function newBlock(vars: BootVars): Uint8Array {
  return writeBootVars(undefined, vars).bytes;
}

function withVars(lines: readonly EnvLine[], vars: BootVars): readonly EnvLine[] {
  const wanted = new Map<string, string>([
    ['good', vars.good],
    ['order', vars.order.join(' ')],
    ...slotNames.map((slot) => [leftNames[slot], String(vars.left[slot])] as const),
    ...slotNames.map((slot) => [stateNames[slot], vars.slots[slot]] as const),
    ['seq', String(vars.seq)],
  ]);
  const ours = new Set(wanted.keys());
  const result: EnvLine[] = [];
  for (const line of lines) {
    const value = line.kind === 'variable' ? wanted.get(line.name) : undefined;
    if (line.kind === 'comment' || (value === undefined && !ours.has(line.name))) {
      result.push(followOrder(line, vars));
    } else if (value !== undefined) {
      // A second line of the same name would hide the count that GRUB saves into the first: it goes.
      result.push(envVariable(line.name, value));
      wanted.delete(line.name);
    }
  }
  return [...result, ...Array.from(wanted, ([name, value]) => envVariable(name, value))];
}

function followOrder(line: EnvLine, vars: BootVars): EnvLine {
  const isEntry =
    line.kind === 'variable' && line.name === savedEntryName && slotOf(line.value) !== undefined;
  return isEntry ? envVariable(line.name, vars.order[0] ?? vars.good) : line;
}
