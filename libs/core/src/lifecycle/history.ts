/** How attempts at a target are remembered in `OSInstance.spec.history`. */
import type {
  HistoryEntry,
  Operation,
  OperationEnding,
  OperationHistory,
  OutcomeClass,
} from '../api/operation.ts';
import { historyOf, withEntry, type TargetKey } from '../rollout/target.ts';

/** Classes that count against `maxFailures`. */
const counted: Readonly<Record<OutcomeClass, boolean>> = {
  bad: true,
  unconfirmed: true,
  lost: true,
  interrupted: false,
  transient: false,
  blocked: false,
};

/** Longest message that the history keeps. */
const messageLimit = 256;

/** The target that an operation works on. */
export function targetOfOperation(operation: Operation): TargetKey {
  const { osUid, type, target } = operation;
  const { version, settings } = target;
  const key = { osUid, type, version, ...(settings === undefined ? {} : { settings }) };
  if (type === 'config') return key;
  const digest = type === 'upgrade' ? target.payloadDigest : target.slotDigest;
  return digest === undefined ? key : { ...key, digest };
}

/** The history with one more trial begun; written together with the phase, so that it cannot be forgotten. */
export function withActivate(
  history: OperationHistory | undefined,
  operation: Operation,
): OperationHistory {
  const entry = historyOf(history, targetOfOperation(operation));
  return withEntry(history, operation.seq, { ...entry, activates: entry.activates + 1 });
}

/** The history after the operation ended this way. */
export function withEnding(
  history: OperationHistory | undefined,
  operation: Operation,
  ending: OperationEnding,
  time: string,
): OperationHistory {
  const entry = historyOf(history, targetOfOperation(operation));
  return withEntry(history, operation.seq, entryAfter(entry, operation.seq, ending, time));
}

function entryAfter(
  entry: HistoryEntry,
  seq: number,
  ending: OperationEnding,
  time: string,
): HistoryEntry {
  const { last: _last, ...rest } = entry;
  switch (ending.result) {
    case 'Succeeded':
      return { ...rest, activates: 0, attempts: 0, counted: false };
    case 'Cancelled':
      return entry;
    case 'Failed': {
      const outcome = ending.class ?? 'transient';
      return {
        ...rest,
        attempts: entry.attempts + 1,
        counted: counted[outcome],
        last: {
          seq,
          class: outcome,
          reason: ending.reason,
          message: ending.message.slice(0, messageLimit),
          time,
        },
      };
    }
  }
}

/** The history at the start of an operation that a retry annotation allowed: the failure is taken out, the value used up. */
export function withRetry(
  history: OperationHistory | undefined,
  target: TargetKey,
  seq: number,
  retry: string,
): OperationHistory {
  const entry = historyOf(history, target);
  return withEntry(history, seq, { ...entry, counted: false, consumedRetry: retry });
}

/** The history with the number of a new operation used up. */
export function withSeq(history: OperationHistory | undefined, seq: number): OperationHistory {
  return { seq: Math.max(history?.seq ?? 0, seq), entries: history?.entries ?? [] };
}
