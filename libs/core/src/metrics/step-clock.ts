/** How long operations are in their steps. It is kept by watching, so that every replica has it when it begins to lead. */
import type { Operation, OperationType } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import { keepsSlot } from '../lifecycle/course.ts';
import type { Now } from '../ports/clock.ts';
import { operationSteps, stepOf, type OperationStep } from './step.ts';

/** A step that has ended. */
export interface EndedStep {
  readonly type: OperationType;
  readonly step: OperationStep;
  readonly seconds: number;
}

interface Running {
  readonly seq: number;
  readonly type: OperationType;
  readonly step: OperationStep;
  /** Monotonic. */
  readonly sinceMs: number;
  /** False for a step of which nobody knows when it began. */
  readonly isWhole: boolean;
}

interface Turn {
  readonly type: string;
  readonly status: 'True' | 'False';
  /** It turns with the slot, of which settings that keep theirs say nothing. */
  readonly isOfSlot?: true;
}

/** The condition that turned when the step began, for one that is first seen in the middle of it. */
const beganWith: Readonly<Partial<Record<OperationStep, Turn>>> = {
  wait: { type: 'Prepared', status: 'True', isOfSlot: true },
  drain: { type: 'Admitted', status: 'True' },
  settings: { type: 'Drained', status: 'True' },
  reboot: { type: 'Drained', status: 'True' },
  // The candidate is armed no more, because it runs.
  confirm: { type: 'RebootPending', status: 'False', isOfSlot: true },
};

/**
 * Follows the open operation of every node. A step that was going on when this process began to look counts from the
 * transition time of its condition; where it has none, it is not counted when it ends.
 */
export class StepClock {
  readonly #running = new Map<string, Running>();

  /** Takes a change in; the step that ended with it, if its duration is known. */
  see(
    name: string,
    before: OsInstance | undefined,
    after: OsInstance | undefined,
    now: Now,
  ): EndedStep | undefined {
    const known = this.#running.get(name);
    const next = nextOf(known, before, after, now);
    if (next === known) return undefined;
    if (next === undefined) this.#running.delete(name);
    else this.#running.set(name, next);
    if (known?.isWhole !== true) return undefined;
    const { type, step, sinceMs } = known;
    return { type, step, seconds: (now.monotonicMs - sinceMs) / 1000 };
  }

  /** Seconds of the operation that has been longest in each step; 0 where there is none. */
  oldest(nowMs: number): Readonly<Record<OperationStep, number>> {
    const found = Object.fromEntries(operationSteps.map((step) => [step, 0]));
    for (const { step, sinceMs } of this.#running.values()) {
      found[step] = Math.max(found[step] ?? 0, (nowMs - sinceMs) / 1000);
    }
    return found as Record<OperationStep, number>;
  }

  /** How many operations of a type are in a step. */
  count(type: OperationType, step: OperationStep): number {
    let count = 0;
    for (const one of this.#running.values())
      if (one.type === type && one.step === step) count += 1;
    return count;
  }
}

function nextOf(
  known: Running | undefined,
  before: OsInstance | undefined,
  after: OsInstance | undefined,
  now: Now,
): Running | undefined {
  const operation = after?.spec.operation;
  if (after === undefined || operation === undefined) return undefined;
  const { seq, type } = operation;
  const step = stepOf(operation);
  if (known?.seq === seq && known.step === step) return known;
  if (before !== undefined) return { seq, type, step, sinceMs: now.monotonicMs, isWhole: true };
  const ageMs = ageOf(after, operation, now.wallMs);
  const sinceMs = now.monotonicMs - (ageMs ?? 0);
  return { seq, type, step, sinceMs, isWhole: ageMs !== undefined };
}

/** Milliseconds since the condition turned that the step began with. */
function ageOf({ status }: OsInstance, operation: Operation, wallMs: number): number | undefined {
  const turn = beganWith[stepOf(operation)];
  if (turn === undefined || (turn.isOfSlot === true && keepsSlot(operation))) return undefined;
  const condition = status.conditions?.find(
    (one) => one.type === turn.type && one.status === turn.status,
  );
  if (condition === undefined) return undefined;
  const ageMs = wallMs - Date.parse(condition.lastTransitionTime);
  return Number.isNaN(ageMs) ? undefined : Math.max(ageMs, 0);
}
