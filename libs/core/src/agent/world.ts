/** What an agent sees when it looks at its node, with the records brought in line with the boot sector. */
import type { AgentWarning } from '../api/agent-status.ts';
import type { SlotName } from '../api/operation.ts';
import type { BootFacts } from '../ports/node.ts';
import {
  candidateOf,
  parseBootBlock,
  rebuiltVars,
  sameVars,
  upstreamEntry,
  type BootBlock,
  type BootVars,
} from '../slots/index.ts';
import {
  emptyRecord,
  type AgentRecord,
  type RecordedOperation,
  type StateReading,
} from './record.ts';

/** What was read from the node. */
export interface Readings {
  readonly block: Uint8Array | undefined;
  readonly state: StateReading;
  readonly facts: BootFacts;
  readonly uptimeSeconds: number;
}

/** The node as decisions see it. */
export interface World {
  readonly block: Uint8Array | undefined;
  readonly facts: BootFacts;
  readonly uptimeSeconds: number;
  /** What the sector says, or what it is to say where it cannot be read. */
  readonly vars: BootVars;
  /** False when the sector does not say it yet. */
  readonly varsAreWritten: boolean;
  readonly record: AgentRecord;
  /** True while the system is going down. */
  readonly rebooting: boolean;
  /** The end of the previous boot's journal, where it can tell why a trial failed. */
  readonly journalTail?: string;
}

/** A world in which it is known which slot is booted; without that nothing is decided. */
export interface KnownWorld extends World {
  readonly booted: SlotName;
}

/** Deadline of a trial when the record of its own is lost. */
export const defaultConfirmTimeoutSeconds = 600;
/** How long an armed candidate may wait for its reboot. */
export const armedLimitSeconds = 300;

/** Puts the readings together. The sector wins over every record. */
export function worldOf(readings: Readings): World {
  const { facts, block, uptimeSeconds, state: reading } = readings;
  const parsed = parseBootBlock(block);
  const vars = varsOf(parsed, facts, reading);
  const record = { ...recordOf(reading, parsed, vars, facts.machineId) };
  const notes =
    parsed.kind === 'unreadable' ? [...record.notes, rebuiltNote(reading)] : record.notes;
  return {
    block,
    facts,
    uptimeSeconds,
    vars,
    varsAreWritten: parsed.kind === 'ok',
    record: { ...record, notes: uniqueNotes(notes), seq: Math.max(record.seq, vars.seq) },
    rebooting: false,
  };
}

/** True while the running system is the candidate. */
export function isInTrial(world: KnownWorld): boolean {
  return world.vars.slots[world.booted] === 'trial';
}

/** True unless it is known that the running system is not the candidate, and was not when it booted. */
export function mayBeInTrial({ facts, vars, varsAreWritten }: World): boolean {
  const { bootedSlot, why } = facts;
  if (bootedSlot === undefined) return vars.slots[candidateOf(vars)] === 'trial';
  const state = vars.slots[bootedSlot];
  // A sector that was lost since the boot loader counted in it tells nothing any more.
  const isProven = state === 'good' && varsAreWritten;
  return state === 'trial' || (why === 'trial' && !isProven);
}

/** True when the candidate was armed in this boot and still waits for the reboot. */
export function isArmedHere(world: World): boolean {
  const candidate = candidateOf(world.vars);
  return (
    world.vars.slots[candidate] === 'trial' &&
    world.facts.bootedSlot === world.vars.good &&
    world.record.trial?.armedBootId === world.facts.bootId
  );
}

/** True when the default runs although another slot was to be tried: the boot loader has given up. */
export function hasFallenBack(world: World): boolean {
  const { vars, facts } = world;
  const isTrial = vars.slots[candidateOf(vars)] === 'trial';
  return isTrial && facts.bootedSlot === vars.good && !isArmedHere(world);
}

/** True when upstream's own `grub.cfg` boots this node: it counts nothing and never comes back by itself. */
export function hasUpstreamLoader(world: World): boolean {
  return world.facts.why === 'unknown' && upstreamEntry(world.block) !== undefined;
}

function varsOf(parsed: BootBlock, facts: BootFacts, reading: StateReading): BootVars {
  if (parsed.kind === 'ok') return parsed.vars;
  const recorded = reading.kind === 'ok' ? reading.state.current.vars : undefined;
  const booted = facts.bootedSlot ?? recorded?.good ?? 'A';
  return rebuiltVars(booted, recorded, facts.why);
}

function recordOf(
  reading: StateReading,
  parsed: BootBlock,
  vars: BootVars,
  machineId: string,
): AgentRecord {
  if (reading.kind === 'ok') {
    const { current, intent } = reading.state;
    const happened =
      intent !== undefined && parsed.kind === 'ok' && sameVars(vars, intent.vars, 'left');
    return followSector(happened ? intent.next : current, vars);
  }
  const empty = emptyRecord(machineId, vars.seq);
  if (reading.kind === 'lost') return { ...empty, notes: [reading.note] };
  return vars.seq === 0 ? empty : { ...empty, notes: [recordsGone] };
}

const recordsGone: AgentWarning = {
  reason: 'RecordsLost',
  message: 'There is no state file, but the boot sector knows of operations',
};

function rebuiltNote(reading: StateReading): AgentWarning {
  const from =
    reading.kind === 'ok' && reading.state.current.vars !== undefined
      ? 'the last recorded result'
      : 'the running system; nothing is known of the other slot';
  return {
    reason: 'BootEnvRebuilt',
    message: `The boot sector was not readable; rebuilt from ${from}`,
  };
}

function uniqueNotes(notes: readonly AgentWarning[]): readonly AgentWarning[] {
  return notes.filter(
    (note, index) => notes.findIndex((other) => other.reason === note.reason) === index,
  );
}

/** A trial that the sector has ended while PERSIST could not be written ends in the record too. */
function followSector(record: AgentRecord, vars: BootVars): AgentRecord {
  const { operation, trial } = record;
  if (trial === undefined || vars.slots[trial.slot] === 'trial') return record;
  const { trial: _, ...rest } = record;
  if (operation?.seq !== trial.seq) return rest;
  return {
    ...rest,
    operation: endedBySector(operation, vars.slots[trial.slot] === 'good', trial.bootIds),
  };
}

function endedBySector(
  operation: RecordedOperation,
  isGood: boolean,
  bootIds: readonly string[],
): RecordedOperation {
  if (isGood) return { ...operation, phase: 'Confirm', state: 'Done', result: 'Committed' };
  const wasReached = bootIds.length > 0;
  return {
    ...operation,
    state: 'Failed',
    result: 'Returned',
    failure: {
      seq: operation.seq,
      code: wasReached ? 'NOT_CONFIRMED' : 'BOOT_FAILED',
      class: wasReached ? 'unconfirmed' : 'bad',
      message: 'The trial had ended while PERSIST could not be written',
      evidence: { bootIds },
    },
  };
}
