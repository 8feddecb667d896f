/** Nodes at every point of an upgrade to KubeOS 2, and one look of the operator at them. */
import { schemaRevision } from '../api/names.ts';
import type { Disruption, HistoryEntry, Operation } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { decideFleet, type FleetPlan } from './decide-fleet.ts';
import {
  aConfig,
  aNode,
  anOperation,
  aSlot,
  aSource,
  digestOne,
  digestTwo,
  facts,
} from './fleet.fixture.ts';
import { fleetReport, type FleetReport } from './fleet-status.ts';
import { Fleet } from './fleet.ts';
import type { NodeFacts } from './standing.ts';
import { tally } from './tally.ts';

type SomeNode = NodeFacts & { readonly instance: OsInstance };

/** The slot is written, the turn has not come. */
export function prepared(name: string, node: Partial<NodeView> = {}): SomeNode {
  const view = aNode(name, node);
  const target = {
    version: 'KubeOS 2',
    payloadDigest: digestTwo,
    slot: 'B' as const,
    slotDigest: digestOne,
  };
  return facts(name, node, { spec: { operation: anOperation(view, { target }) } });
}

/** Tried before, and prepared again. */
export function preparedAgain(name: string): SomeNode {
  const { node, instance } = prepared(name);
  const { history } = tried(name).instance.spec;
  return {
    node,
    instance: { ...instance, spec: { ...instance.spec, ...(history && { history }) } },
  };
}

/** What the settings of a config do to the node is known, the turn has not come. */
export function planned(
  name: string,
  disruption: Disruption,
  changes: Partial<Operation> = {},
  node: Partial<NodeView> = {},
): SomeNode {
  const slot = disruption === 'reboot' ? { slot: 'B' as const, slotDigest: digestOne } : {};
  const operation = aConfig(aNode(name, node), {
    disruption,
    target: { version: 'KubeOS 1', settings: 's2', ...slot },
    ...changes,
  });
  return facts(name, node, { spec: { operation } });
}

/** The slot is being written. */
export function preparing(name: string): SomeNode {
  return facts(name, {}, { spec: { operation: anOperation(aNode(name)) } });
}

/** Out of service and being drained. */
export function working(name: string, changes: Partial<Operation> = {}): SomeNode {
  const operation = anOperation(aNode(name), { phase: 'Drain', admitted: true, ...changes });
  return facts(name, {}, { spec: { operation } });
}

/** Runs the wanted version. */
export function done(name: string): SomeNode {
  const slots = { A: aSlot('good', 'KubeOS 2'), B: aSlot('good', 'KubeOS 1') };
  return facts(name, {}, { agent: { version: 'KubeOS 2', slots } });
}

/** Tried once, in a way that does not count. */
export function tried(
  name: string,
  changes: Partial<HistoryEntry> = {},
  node: Partial<NodeView> = {},
): SomeNode {
  const entry: HistoryEntry = {
    osUid: 'os-uid',
    type: 'upgrade',
    version: 'KubeOS 2',
    digest: digestTwo,
    activates: 1,
    attempts: 1,
    counted: false,
    last: ending('interrupted', 'Interrupted', 'nobody saw it'),
    ...changes,
  };
  return facts(name, node, { spec: { history: { seq: 1, entries: [entry] } } });
}

/** Failed in a way that counts. */
export function failed(name: string, node: Partial<NodeView> = {}): SomeNode {
  return tried(name, { counted: true, last: ending('bad', 'BootFailed', 'no init') }, node);
}

/** Activated as often as allowed, without a failure that counts. */
export function exhausted(name: string): SomeNode {
  return tried(name, { activates: 3 });
}

function ending(
  outcome: 'bad' | 'interrupted',
  reason: string,
  message: string,
): NonNullable<HistoryEntry['last']> {
  return { seq: 1, class: outcome, reason, message, time: '2026-01-01T00:00:00Z' };
}

/** What is around a fleet when the operator looks at it. */
export interface Circumstances {
  readonly others?: readonly Os[];
  readonly wallMs?: number;
  readonly since?: (key: string) => number;
  readonly cacheIsCurrent?: boolean;
  readonly served?: number;
  /** Nodes whose pods cannot be evicted. */
  readonly passedOver?: readonly string[];
  readonly retiring?: boolean;
}

/** Decides for the nodes, and composes the status that people would read. */
export function lookAt(
  os: Os,
  nodes: readonly NodeFacts[],
  about: Circumstances = {},
): { readonly plan: FleetPlan; readonly report: FleetReport } {
  const members = new Fleet(aSource([os, ...(about.others ?? [])], nodes)).members(os.uid);
  const since = about.since ?? (() => 0);
  const counts = tally(members, since, (node) =>
    about.passedOver?.includes(node) === true
      ? { reason: 'EvictionBlocked', message: `pods of ${node} are held` }
      : undefined,
  );
  const plan = decideFleet({
    os,
    members,
    tally: counts,
    now: { wallMs: about.wallMs ?? Date.parse('2026-06-01T12:00:00Z'), monotonicMs: 0 },
    operatorZone: 'UTC',
    cacheIsCurrent: about.cacheIsCurrent ?? true,
    servedSchemaRevision: about.served ?? schemaRevision,
    retiring: about.retiring === true,
    since,
  });
  return { plan, report: fleetReport(os, counts, plan, () => undefined) };
}
