/** One node in full: what it waits for, since when, what ends that, and what stands in the way of a drain. */
import type { AgentFailure } from '../api/agent-status.ts';
import { operationId } from '../api/operation.ts';
import type { Condition } from '../conditions/index.ts';
import { heldPods, planDrain, podKey } from '../drain/index.ts';
import { meaningOf } from './meaning.ts';
import { nodeCases, nodeState, type NodeCase, type NodeState } from './node-state.ts';
import type { ObservedCluster } from './observed.ts';

/** A pod that would not leave its node now. */
export interface PodObstacle {
  /** `namespace/name`. */
  readonly pod: string;
  /** `namespace/name` of each disruption budget that covers it; empty where something else keeps it. */
  readonly budgets: readonly string[];
  readonly why: string;
}

/** Everything about one node. */
export interface NodeExplanation extends NodeState {
  /** What the reason means. */
  readonly meaning: string;
  /** `osUid/nodeUid/seq` of the open operation, under which logs name it. */
  readonly operation?: string;
  /** Pods that would not leave; absent where its pods were not read. */
  readonly pods?: readonly PodObstacle[];
  /** The last failure that its agent can prove something about. */
  readonly lastFailure?: AgentFailure;
  /** Conditions of its `OSInstance`. */
  readonly conditions: readonly Condition[];
}

/** Explains a node; `undefined` when there is none of this name, or when it belongs to the control plane. */
export function explainNode(observed: ObservedCluster, name: string): NodeExplanation | undefined {
  const known = nodeCases(observed).find(({ node }) => node.name === name);
  return known === undefined ? undefined : explain(observed, known);
}

function explain(observed: ObservedCluster, known: NodeCase): NodeExplanation {
  const { instance } = known;
  const state = nodeState(known);
  const operation = instance?.spec.operation;
  const pods = podObstacles(observed, known);
  const lastFailure = instance?.status.agent?.lastFailure;
  return {
    ...state,
    meaning: meaningOf(state.reason),
    ...(operation === undefined ? {} : { operation: operationId(operation) }),
    ...(pods === undefined ? {} : { pods }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
    conditions: instance?.status.conditions ?? [],
  };
}

function podObstacles(
  { pods, budgets, isSpared }: ObservedCluster,
  { node, instance, assessment }: NodeCase,
): readonly PodObstacle[] | undefined {
  const known = pods.get(node.name);
  if (known === undefined) return undefined;
  const { operation } = instance?.spec ?? {};
  const force = operation?.parameters.force ?? assessment?.os.spec?.force ?? false;
  const plan = planDrain(known, { force, isSpared });
  return [
    ...plan.blockers.map(({ pod, message }) => ({ pod: podKey(pod), budgets: [], why: message })),
    ...heldPods(plan, budgets).map(({ pod, budgets: covering, why }) => ({
      pod: podKey(pod),
      budgets: covering.map(podKey),
      why,
    })),
    ...plan.leaving.map((pod) => ({ pod: podKey(pod), budgets: [], why: 'is terminating' })),
  ];
}
