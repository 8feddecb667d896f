/** The conditions of an `OSInstance` that are the operator's: Admitted, Drained and Progressing. */
import type { Condition } from '../conditions/condition.ts';
import { setConditions } from '../conditions/index.ts';
import { instanceNamespace, operatorConditionTypes } from '../api/names.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Operation } from '../api/operation.ts';
import type { Requeue } from '../lifecycle/requeue.ts';
import type { WaitReason } from '../rollout/tally.ts';
import { holdMs, tell, wallTime, type OperatorContext } from './context.ts';

/** Reasons of which other events tell: those of the Node when the operation begins, and that of a node that is lost. */
const toldElsewhere: ReadonlySet<string> = new Set(['Preparing', 'Prepared', 'NodeLost']);

/**
 * Writes all at once when a status turned, and when nothing but words changed, after they have held a while: on its way
 * through an operation a node has more to say than anybody reads. An instance that never had an operation gets none. What
 * a node waits for that long is told by an event too.
 */
export async function tellConditions(
  context: OperatorContext,
  instance: OsInstance,
  waiting: WaitReason | undefined,
): Promise<Requeue> {
  const { operation } = instance.spec;
  const previous = ownConditions(instance);
  if (operation === undefined && previous.length === 0) return { kind: 'onChange' };
  const wanted = operation === undefined ? idleConditions : workConditions(operation, waiting);
  const leftMs = holdLeftMs(context, instance.name, wanted);
  const next = setConditions(previous, wanted, wallTime(context.clock.now().wallMs));
  const isStored = isSame(previous, next);
  if (!isStored && (hasTurned(previous, next) || leftMs <= 0)) {
    await context.api.applyInstanceConditions(instance, next);
  }
  const news = newsOf(context, instance, waiting);
  if (isStored && news === undefined) return { kind: 'onChange' };
  if (leftMs > 0) return { kind: 'after', seconds: leftMs / 1000 };
  if (news !== undefined) await tellWait(context, instance, news);
  return { kind: 'onChange' };
}

/** Milliseconds until these words will have held. */
function holdLeftMs(
  { memory, clock }: OperatorContext,
  name: string,
  wanted: readonly Wanted[],
): number {
  const { monotonicMs } = clock.now();
  const text = JSON.stringify(wanted);
  const known = memory.words.get(name);
  const sinceMs = known?.text === text ? known.sinceMs : monotonicMs;
  memory.words.set(name, { text, sinceMs });
  return sinceMs + holdMs - monotonicMs;
}

function ownConditions({ status }: OsInstance): readonly Condition[] {
  return status.conditions?.filter(({ type }) => operatorConditionTypes.has(type)) ?? [];
}

/** What no event has told yet. */
function newsOf(
  { memory }: OperatorContext,
  { name }: OsInstance,
  waiting: WaitReason | undefined,
): WaitReason | undefined {
  if (waiting === undefined || toldElsewhere.has(waiting.reason)) return undefined;
  return memory.toldWaits.get(name) === waiting.reason ? undefined : waiting;
}

async function tellWait(
  context: OperatorContext,
  { name, uid }: OsInstance,
  { reason, message }: WaitReason,
): Promise<void> {
  context.memory.toldWaits.set(name, reason);
  const about = { kind: 'OSInstance', namespace: instanceNamespace, name, uid } as const;
  await tell(context, { about, type: 'Normal', reason, message });
}

type Wanted = Omit<Condition, 'lastTransitionTime'>;

const idleConditions: readonly Wanted[] = [
  { type: 'Admitted', status: 'False', reason: 'NoOperation', message: '' },
  { type: 'Drained', status: 'False', reason: 'NoOperation', message: '' },
  { type: 'Progressing', status: 'False', reason: 'NoOperation', message: '' },
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
    { type: 'Progressing', status: 'True', reason: wait.reason, message: steady(wait.message) },
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
