/** The two conditions of an `OSInstance` that are the operator's: Admitted and Drained. */
import type { Condition } from '../conditions/condition.ts';
import { setConditions } from '../conditions/index.ts';
import { operatorConditionTypes } from '../api/names.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Operation } from '../api/operation.ts';
import type { Requeue } from '../lifecycle/requeue.ts';
import type { WaitReason } from '../rollout/tally.ts';
import { wallTime, type OperatorContext } from './context.ts';

/** Milliseconds for which a new reason or text must hold before it is worth a write. */
const holdMs = 10_000;

/**
 * Writes both at once when a status turned, and when nothing but words changed, after they have held a while: on its way
 * through an operation a node has more to say than anybody reads. An instance that never had an operation gets none.
 */
export async function tellConditions(
  context: OperatorContext,
  instance: OsInstance,
  waiting: WaitReason | undefined,
): Promise<Requeue> {
  const { memory, clock, api } = context;
  const { operation } = instance.spec;
  const previous =
    instance.status.conditions?.filter(({ type }) => operatorConditionTypes.has(type)) ?? [];
  if (operation === undefined && previous.length === 0) return { kind: 'onChange' };
  const now = clock.now();
  const wanted = operation === undefined ? idleConditions : workConditions(operation, waiting);
  const next = setConditions(previous, wanted, wallTime(now.wallMs));
  const text = JSON.stringify(wanted);
  const known = memory.words.get(instance.name);
  const sinceMs = known?.text === text ? known.sinceMs : now.monotonicMs;
  memory.words.set(instance.name, { text, sinceMs });
  if (!hasTurned(previous, next)) {
    if (isSame(previous, next)) return { kind: 'onChange' };
    const leftMs = sinceMs + holdMs - now.monotonicMs;
    if (leftMs > 0) return { kind: 'after', seconds: leftMs / 1000 };
  }
  await api.applyInstanceConditions(instance, next);
  return { kind: 'onChange' };
}

type Wanted = Omit<Condition, 'lastTransitionTime'>;

const idleConditions: readonly Wanted[] = [
  { type: 'Admitted', status: 'False', reason: 'NoOperation', message: '' },
  { type: 'Drained', status: 'False', reason: 'NoOperation', message: '' },
];

const drainedPhases: ReadonlySet<string> = new Set(['Before', 'Activate', 'After', 'Confirm']);

function workConditions(operation: Operation, waiting: WaitReason | undefined): readonly Wanted[] {
  const admitted = operation.admitted === true;
  const drained = admitted && drainedPhases.has(operation.phase);
  const wait = waiting ?? { reason: operation.phase, message: '' };
  return [
    {
      type: 'Admitted',
      status: admitted ? 'True' : 'False',
      reason: admitted ? 'Admitted' : wait.reason,
      message: admitted ? '' : steady(wait.message),
    },
    {
      type: 'Drained',
      status: drained ? 'True' : 'False',
      reason: drained ? 'Drained' : wait.reason,
      message: drained ? '' : steady(wait.message),
    },
  ];
}

/** What counts up or down belongs to the proxy's report and to `OS.status`; here it would only cost writes. */
function steady(message: string): string {
  return message.replace(/: \w+ \d+( of \d+)? MiB$/u, '');
}

function hasTurned(previous: readonly Condition[], next: readonly Condition[]): boolean {
  return next.some(({ type, status }) => find(previous, type)?.status !== status);
}

function isSame(previous: readonly Condition[], next: readonly Condition[]): boolean {
  return next.every(({ type, reason, message }) => {
    const old = find(previous, type);
    return old?.reason === reason && old.message === message;
  });
}

function find(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((one) => one.type === type);
}
