/** One `OS` in full: the one thing that it waits for, and which nodes wait for what. */
import type { Os } from '../api/os.ts';
import { adviceFor, type Advice, type Condition } from '../conditions/index.ts';
import { compareText } from '../compare-text.ts';
import { meaningOf } from './meaning.ts';
import { nodeCases, nodeState, type NodeState } from './node-state.ts';
import type { ObservedCluster } from './observed.ts';

/** Nodes that wait for the same. */
export interface WaitingGroup extends Advice {
  readonly reason: string;
  /** What the first of them waits for. */
  readonly message: string;
  readonly nodes: readonly string[];
}

/** How many nodes of an `OS` are how far. */
export interface NodeCounts {
  readonly nodes: number;
  readonly updated: number;
  readonly atWork: number;
  readonly waiting: number;
  readonly failed: number;
}

/** Everything about one `OS`. */
export interface OsExplanation extends Advice {
  readonly os: string;
  readonly wanted: string;
  readonly counts: NodeCounts;
  /** The one thing that it waits for, in the words of condition Ready. */
  readonly reason: string;
  readonly message: string;
  readonly meaning: string;
  readonly since?: string;
  /** Most nodes first. */
  readonly groups: readonly WaitingGroup[];
  /** Nodes with an open operation, and those that failed. */
  readonly atWork: readonly NodeState[];
  readonly failed: readonly NodeState[];
  readonly conditions: readonly Condition[];
}

/** Explains an `OS`; `undefined` when there is none of this name. */
export function explainOs(
  observed: ObservedCluster,
  namespace: string,
  name: string,
): OsExplanation | undefined {
  const os = observed.oses.find((one) => one.namespace === namespace && one.name === name);
  if (os === undefined) return undefined;
  const states = nodeCases(observed)
    .filter(({ assessment }) => assessment?.os.uid === os.uid)
    .map(nodeState);
  const inPhase = (...phases: readonly NodeState['phase'][]): readonly NodeState[] =>
    states.filter(({ phase }) => phases.includes(phase));
  const failed = inPhase('Failed');
  const updated = inPhase('UpToDate');
  const waiting = inPhase('Waiting', 'Prepared');
  const atWork = states.filter((state) => ![...failed, ...updated, ...waiting].includes(state));
  const told = theOneThing(os);
  return {
    os: `${namespace}/${name}`,
    wanted: os.spec?.version ?? '',
    counts: {
      nodes: states.length,
      updated: updated.length,
      atWork: atWork.length,
      waiting: waiting.length,
      failed: failed.length,
    },
    ...told,
    ...(told.reason === operatorSilent.reason ? operatorSilent.advice : adviceFor(told.reason)),
    meaning: meaningOf(told.reason),
    groups: groupsOf(waiting),
    atWork,
    failed,
    conditions: os.status.conditions ?? [],
  };
}

const operatorSilent = {
  reason: 'OperatorSilent',
  advice: { unblocks: 'See that os-operator runs and leads.', runbook: 'operator' },
} as const satisfies { readonly reason: string; readonly advice: Advice };

type Told = Pick<OsExplanation, 'reason' | 'message' | 'since'>;

/** The word of the operator, if it has looked at this very spec. */
function theOneThing({ status, generation, name, creationTimestamp }: Os): Told {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (ready === undefined || status.observedGeneration !== generation) {
    const { reason } = operatorSilent;
    const message = `The operator has not looked at generation ${String(generation)} of ${name} yet`;
    return { reason, message, since: ready?.lastTransitionTime ?? creationTimestamp };
  }
  const { reason, message, lastTransitionTime: since } = ready;
  return { reason, message, since };
}

function groupsOf(states: readonly NodeState[]): readonly WaitingGroup[] {
  const groups = new Map<string, WaitingGroup & { readonly nodes: string[] }>();
  for (const { reason, message, node } of states) {
    const known = groups.get(reason);
    if (known === undefined) {
      groups.set(reason, { reason, message, nodes: [node], ...adviceFor(reason) });
    } else known.nodes.push(node);
  }
  return [...groups.values()].sort(
    (a, b) => b.nodes.length - a.nodes.length || compareText(a.reason, b.reason),
  );
}
