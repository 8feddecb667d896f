/** Where a request stands in the order of operations: sequence numbers first, then phases. */
import { phases, type Phase } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { CallOperation } from '../ports/proxy.ts';
import { answer, answerOf, errorOf, refuse, type Decision } from './decision.ts';
import type { RecordedOperation } from './record.ts';
import { isArmedHere, isInTrial, type KnownWorld } from './world.ts';

/** What is to be done with a request. */
export type Place =
  | { readonly kind: 'refused'; readonly decision: Decision }
  /** The phase has ended before; this was its outcome. */
  | {
      readonly kind: 'recorded';
      readonly operation: RecordedOperation;
      readonly decision: Decision;
    }
  /** The phase was begun before, maybe by an agent that is no more. */
  | { readonly kind: 'begun'; readonly operation: RecordedOperation }
  /** An earlier phase of the same operation is on record. */
  | { readonly kind: 'next'; readonly operation: RecordedOperation }
  /** Nothing is on record about this operation. */
  | { readonly kind: 'new' };

/** True when nothing more can become of the operation on this node. */
export function isTerminal(operation: RecordedOperation): boolean {
  const { result } = operation;
  return result === 'Committed' || result === 'Returned' || result === 'Cancelled';
}

/** Finds the place of a request. */
export function placeOf(world: KnownWorld, request: CallOperation, phase: Phase): Place {
  const { record } = world;
  if (request.seq < record.seq) return stale(world, `seq ${record.seq} is known`);
  const operation = record.operation?.seq === request.seq ? record.operation : undefined;
  if (operation === undefined) return placeOfNew(world, request);
  if (operation.id !== request.id) return stale(world, `seq ${request.seq} is ${operation.id}`);
  const distance = rank(phase) - rank(operation.phase);
  if (distance < 0) return stale(world, `phase ${operation.phase} is known`);
  if (isTerminal(operation)) return recorded(operation);
  if (distance > 0) return { kind: 'next', operation };
  return operation.state === 'Running' ? { kind: 'begun', operation } : recorded(operation);
}

function placeOfNew(world: KnownWorld, request: CallOperation): Place {
  const isHigher = request.seq > world.vars.seq;
  if (isHigher && isInTrial(world)) {
    return refused('BUSY', `The trial of operation ${world.vars.seq} is not over yet`);
  }
  if (isHigher && isArmedHere(world) && world.rebooting) {
    return refused('BUSY', `The node is rebooting for operation ${world.vars.seq}`);
  }
  return { kind: 'new' };
}

function recorded(operation: RecordedOperation): Place {
  const { failure, result } = operation;
  const isAnswer = isTerminal(operation) || failure === undefined;
  const decision: Decision =
    isAnswer && result !== undefined
      ? answer(answerOf(operation, result))
      : {
          kind: 'decided',
          outcome: {
            kind: 'error',
            error:
              failure === undefined
                ? new KubeosError('BUG', `Operation ${operation.id} ended without a result`)
                : errorOf(failure),
          },
        };
  return { kind: 'recorded', operation, decision };
}

function stale(world: KnownWorld, message: string): Place {
  return refused('STALE', `The request is overtaken: ${message}`, { seq: world.record.seq });
}

function refused(...reason: Parameters<typeof refuse>): Place {
  return { kind: 'refused', decision: refuse(...reason) };
}

/** Cancel comes after everything: it is final. */
function rank(phase: Phase): number {
  return phase === 'Cancel' ? phases.length : phases.indexOf(phase);
}
