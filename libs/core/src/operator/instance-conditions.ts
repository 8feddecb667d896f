/** The two conditions of an `OSInstance` that are the operator's: Admitted and Drained. */
import type { Condition } from '../conditions/condition.ts';
import { setConditions } from '../conditions/index.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Operation } from '../api/operation.ts';
import type { WaitReason } from '../rollout/tally.ts';
import { wallTime, type OperatorContext } from './context.ts';

const ownTypes: ReadonlySet<string> = new Set(['Admitted', 'Drained']);

/** Writes both when they say something new. An instance that never had an operation gets none. */
export async function tellConditions(
  context: OperatorContext,
  instance: OsInstance,
  waiting: WaitReason | undefined,
): Promise<void> {
  const { operation } = instance.spec;
  const previous = instance.status.conditions?.filter(({ type }) => ownTypes.has(type));
  if (operation === undefined && (previous === undefined || previous.length === 0)) return;
  const wanted = operation === undefined ? idleConditions : workConditions(operation, waiting);
  const next = setConditions(previous, wanted, wallTime(context.clock.now().wallMs));
  if (isSame(previous ?? [], next)) return;
  await context.api.applyInstanceConditions(instance, next);
}

type Wanted = Omit<Condition, 'lastTransitionTime'>;

const idleConditions: readonly Wanted[] = [
  { type: 'Admitted', status: 'False', reason: 'NoOperation', message: '' },
  { type: 'Drained', status: 'False', reason: 'NoOperation', message: '' },
];

const drainedPhases: ReadonlySet<string> = new Set(['Before', 'Activate', 'After', 'Confirm']);

function workConditions(operation: Operation, waiting: WaitReason | undefined): readonly Wanted[] {
  const admitted = operation.admitted === true;
  const drained = drainedPhases.has(operation.phase);
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
      message: drained && wait.reason === 'MinReadySeconds' ? '' : steady(wait.message),
    },
  ];
}

/** What counts up or down belongs to the proxy's report and to `OS.status`; here it would only cost writes. */
function steady(message: string): string {
  return message.replace(/: \w+ \d+( of \d+)? MiB$/u, '');
}

function isSame(a: readonly Condition[], b: readonly Condition[]): boolean {
  return (
    a.length === b.length &&
    b.every((next) => {
      const old = a.find(({ type }) => type === next.type);
      return (
        old?.status === next.status && old.reason === next.reason && old.message === next.message
      );
    })
  );
}
