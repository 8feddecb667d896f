/** What a person's program might see, for the tests of what it says of that. */
import { schemaRevision } from '../api/names.ts';
import type { Os } from '../api/os.ts';
import type { Condition } from '../conditions/index.ts';
import { anOs } from '../rollout/fleet.fixture.ts';
import type { NodeFacts } from '../rollout/standing.ts';
import type { ObservedCluster } from './observed.ts';

/** A moment of the tests, and one five minutes before. */
export const now = Date.parse('2026-06-01T12:00:00Z');
/** See there. */
export const before = '2026-06-01T11:55:00Z';

/** A cluster of one `OS` over all nodes unless told otherwise; no pod was read. */
export function observed(
  nodes: readonly NodeFacts[],
  changes: Partial<ObservedCluster> = {},
): ObservedCluster {
  return {
    oses: [anOs()],
    nodes: nodes.map(({ node }) => node),
    instances: nodes.flatMap(({ instance }) => (instance === undefined ? [] : [instance])),
    times: new Map(),
    pods: new Map(),
    budgets: [],
    isSpared: () => false,
    wallMs: now,
    operatorZone: 'UTC',
    servedSchemaRevision: schemaRevision,
    ...changes,
  };
}

/** A condition that turned five minutes ago. */
export function aCondition(
  type: string,
  status: Condition['status'],
  reason: string,
  message = `says ${reason}`,
): Condition {
  return { type, status, reason, message, lastTransitionTime: before };
}

/** An `OS` that the operator has looked at. */
export function toldOs(ready: Condition, changes: Partial<Os> = {}): Os {
  const status = { observedGeneration: 1, conditions: [ready], ...changes.status };
  return anOs({ ...changes, status });
}
