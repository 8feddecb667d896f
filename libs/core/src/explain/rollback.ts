import type { OsInstance } from '../api/os-instance.ts';
import type { Os, OsSpec } from '../api/os.ts';
import { KubeosError } from '../errors/index.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { Fleet } from '../rollout/fleet.ts';
import { idleSlot } from '../rollout/target.ts';
import { compareText } from '../compare-text.ts';
import { sourceOf } from './assess.ts';
import type { ObservedCluster } from './observed.ts';

/** What a rollback of an `OS` would come to. */
export interface RollbackAnswer {
  /** The version to go back to. */
  readonly version: string;
  /** Nodes that would go back now or when their turn comes. */
  readonly able: readonly string[];
  /** Nodes that run the version already. */
  readonly there: readonly string[];
  /** Nodes that the operator would let wait for ever, with its reason. */
  readonly unable: readonly { readonly node: string; readonly message: string }[];
}

/**
 * Decides what the nodes of an `OS` would go back to and which of them could, as the operator would decide it.
 *
 * @param wanted - The version; by default the one that the other slots hold.
 * @throws KubeosError `ROLLBACK_IMPOSSIBLE` when there is none, or several to choose from.
 */
export function rollbackOf(observed: ObservedCluster, os: Os, wanted?: string): RollbackAnswer {
  const members = membersOf(observed, os, os.spec);
  const versions = idleVersions(members.map(({ facts }) => facts.instance));
  const version = wanted ?? onlyOne(os, versions);
  const able: string[] = [];
  const there: string[] = [];
  const unable: { node: string; message: string }[] = [];
  for (const { name, standing } of membersOf(observed, os, rollbackSpec(os, version))) {
    if (standing.kind === 'updated') there.push(name);
    else if (standing.kind === 'waiting' && standing.reason === 'RollbackImpossible') {
      unable.push({ node: name, message: standing.message });
    } else able.push(name);
  }
  return { version, able, there, unable };
}

/** The nodes as they stand when nothing is at work and nothing keeps them out: that passes, an unusable slot does not. */
function membersOf(observed: ObservedCluster, os: Os, spec: OsSpec | undefined) {
  const { spec: _old, ...rest } = os;
  const wanted: Os = spec === undefined ? rest : { ...rest, spec };
  const nodes = observed.nodes.map(withoutObstacles);
  const instances = observed.instances.map(withoutOperation);
  const fleet = new Fleet(sourceOf({ ...observed, oses: [wanted], nodes, instances }));
  return fleet.members(os.uid).filter(({ selected }) => selected);
}

function withoutObstacles(node: NodeView): NodeView {
  return { ...node, annotations: {}, unschedulable: false, ready: true, deleting: false };
}

function withoutOperation(instance: OsInstance): OsInstance {
  const { operation: _open, ...spec } = instance.spec;
  const { agent, ...status } = instance.status;
  const free = agent === undefined ? {} : { agent: { ...agent, held: false } };
  return { ...instance, spec, status: { ...status, ...free } };
}

function rollbackSpec({ namespace, name, spec }: Os, version: string): OsSpec {
  if (spec === undefined) {
    throw new KubeosError('INVALID_SPEC', `OS ${namespace}/${name} is not valid; mend it first`);
  }
  const { payload: _payload, ...rest } = spec;
  return { ...rest, type: 'rollback', version };
}

/** Versions that could be gone back to, those of most nodes first. */
function idleVersions(
  instances: readonly (OsInstance | undefined)[],
): readonly (readonly [version: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const instance of instances) {
    const idle = idleSlot(instance?.status.agent);
    const isUsable = idle?.state === 'good' || idle?.state === 'ready';
    if (!isUsable || idle.version === undefined) continue;
    counts.set(idle.version, (counts.get(idle.version) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
}

function onlyOne(
  { namespace, name }: Os,
  versions: readonly (readonly [version: string, count: number])[],
): string {
  const [first, ...others] = versions;
  if (first === undefined) {
    throw new KubeosError(
      'ROLLBACK_IMPOSSIBLE',
      `No node of OS ${namespace}/${name} has another version in its other slot`,
    );
  }
  if (others.length === 0) return first[0];
  const list = versions.map(([version, count]) => `${version} (${String(count)} nodes)`).join(', ');
  throw new KubeosError(
    'ROLLBACK_IMPOSSIBLE',
    `The other slots of the nodes of OS ${namespace}/${name} hold ${list}; say which with --to-version`,
  );
}
