/**
 * What the proxy remembers of its calls to the agent. A restart forgets it, which costs one more call: the agent answers
 * a repeated phase with its outcome.
 */
import type { OperationProgress, PhaseResult } from '../api/agent-status.ts';
import type { Phase } from '../api/operation.ts';
import type { ErrorCode } from '../errors/codes.ts';

/** What a call was about; `Status` asks for a first snapshot and speaks of no phase. */
export interface CallKey {
  readonly seq: number;
  readonly phase: Phase | 'Status';
}

/** Why a call failed. */
export interface CallFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Where the one call of a proxy stands. */
export type CallState =
  /** No call was made for what is wanted now. */
  | { readonly kind: 'none' }
  /** The agent is at work or streams its progress. */
  | {
      readonly kind: 'open';
      readonly key: CallKey;
      /** Failed calls for the same key before this one. */
      readonly failures: number;
      /** The failure before this call; gone as soon as the agent shows progress. */
      readonly failure?: CallFailure;
      readonly progress?: OperationProgress;
    }
  /** The agent has answered. */
  | {
      readonly kind: 'answered';
      readonly key: CallKey;
      /** Absent for `Status`. */
      readonly result?: PhaseResult;
      /** Boot id of the snapshot when the call was made. */
      readonly bootId?: string;
      readonly atMs: number;
    }
  /** The call failed and is made again from `retryAtMs` on. */
  | {
      readonly kind: 'failed';
      readonly key: CallKey;
      readonly failures: number;
      readonly failure: CallFailure;
      readonly retryAtMs: number;
    };

/** True when both speak of the same phase of the same operation. */
export function isSameKey(a: CallKey, b: CallKey): boolean {
  return a.seq === b.seq && a.phase === b.phase;
}

/** Longest pause between two calls for the same phase. */
export const longestRetryMs = 60_000;

/** The pause after so many failed calls: one second, doubled each time, at most a minute. */
export function retryPauseMs(failures: number): number {
  return Math.min(1000 * 2 ** Math.min(failures - 1, 16), longestRetryMs);
}
