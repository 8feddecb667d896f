/** What the decisions of the agent say: what to change, in which order, and what to answer. */
import type { AgentFailure, PhaseResult } from '../api/agent-status.ts';
import type { SlotName } from '../api/operation.ts';
import { KubeosError, type ErrorCode, type ErrorDetails } from '../errors/index.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
import { changeSlots, withSeq, type BootVars } from '../slots/index.ts';
import type { AgentRecord, RecordedOperation } from './record.ts';
import { isArmedHere, type KnownWorld } from './world.ts';

/**
 * A change of the node: the record is kept as an intent, then the sector is written, then the record as a result.
 */
export interface Change {
  readonly vars: BootVars;
  readonly record: AgentRecord;
  /**
   * `needed`: without the intent on PERSIST the sector is not touched. `bestEffort`: the sector is the commit, and a
   * full PERSIST only costs memory of it.
   */
  readonly persist: 'needed' | 'bestEffort';
  /** Order a reboot afterwards. */
  readonly reboot: boolean;
  /** A slot whose content is not to be trusted: it is made unloadable once the sector says that it is empty. */
  readonly invalidate?: SlotName;
  /** For the log. */
  readonly why: string;
}

/** What is answered once the change was made. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: PhaseAnswer }
  | { readonly kind: 'error'; readonly error: KubeosError };

/** A decision on a request. */
export interface Decision {
  readonly kind: 'decided';
  readonly change?: Change;
  readonly outcome: Outcome;
}

/** A refusal: nothing changes. */
export function refuse(code: ErrorCode, message: string, details: ErrorDetails = {}): Decision {
  const error = new KubeosError(code, message, { details });
  return { kind: 'decided', outcome: { kind: 'error', error } };
}

/** An answer, after a change where there is one. */
export function answer(given: PhaseAnswer, change?: Change): Decision {
  const outcome: Outcome = { kind: 'answer', answer: given };
  return change === undefined ? { kind: 'decided', outcome } : { kind: 'decided', change, outcome };
}

/** A failure that changes something and is remembered. */
export function fail(failure: AgentFailure, change: Change): Decision {
  return { kind: 'decided', change, outcome: { kind: 'error', error: errorOf(failure) } };
}

/** The recorded failure as the error it was. */
export function errorOf(failure: AgentFailure): KubeosError {
  return new KubeosError(failure.code, failure.message, { details: { seq: failure.seq } });
}

/** A failure for the record. Its class is that of the code unless the circumstances say otherwise. */
export function failureOf(seq: number, error: KubeosError): AgentFailure {
  return { seq, code: error.code, class: error.outcome, message: error.message };
}

/** The answer that a record stands for. */
export function answerOf(operation: RecordedOperation, result: PhaseResult): PhaseAnswer {
  const { slot, slotDigest, version } = operation;
  return {
    result,
    ...(slot === undefined ? {} : { slot }),
    ...(slotDigest === undefined ? {} : { slotDigest }),
    ...(version === undefined ? {} : { version }),
  };
}

/** The recorded operation with an ending; a result other than the wanted one carries its failure. */
export function ended(
  operation: RecordedOperation,
  result: PhaseResult,
  failure?: AgentFailure,
): RecordedOperation {
  const { failure: _, ...rest } = operation;
  const state = failure === undefined ? 'Done' : 'Failed';
  return failure === undefined ? { ...rest, state, result } : { ...rest, state, result, failure };
}

/** The record without what the trial left in it. */
export function withoutTrial(record: AgentRecord): AgentRecord {
  const { trial: _, ...rest } = record;
  return rest;
}

/** The variables with an armed but not booted candidate disarmed, and the number raised. */
export function disarmedVars(world: KnownWorld, seq: number): BootVars {
  const vars = isArmedHere(world) ? changeSlots(world.vars, 'giveBack') : world.vars;
  return withSeq(vars, seq);
}
