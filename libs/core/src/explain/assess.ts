/** The operator's own decision about each `OS`, made on what a person's program sees: the same code, so the same answer. */
import type { OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import { decideFleet, type FleetInput, type FleetPlan } from '../rollout/decide-fleet.ts';
import { Fleet, type FleetSource, type Member } from '../rollout/fleet.ts';
import { memberWaits } from '../rollout/member-waits.ts';
import { tally } from '../rollout/tally.ts';
import type { WaitReason } from '../rollout/waiting.ts';
import type { ObservedCluster } from './observed.ts';

/** What the operator makes of one `OS`. */
export interface OsAssessment {
  readonly os: Os;
  readonly input: FleetInput;
  readonly plan: FleetPlan;
  /** What each node waits for that is neither updated nor at work. */
  readonly waits: ReadonlyMap<string, WaitReason>;
}

/** Decides for every `OS`, the oldest first. */
export function assess(observed: ObservedCluster): readonly OsAssessment[] {
  const fleet = new Fleet(sourceOf(observed));
  return fleet.oses().map((os) =>
    assessOs(os, fleet.members(os.uid), {
      wallMs: observed.wallMs,
      operatorZone: observed.operatorZone,
      servedSchemaRevision: observed.servedSchemaRevision,
      passedOver: (node) => passedOverBy(os, node),
      instanceOf: new Map(observed.instances.map((instance) => [instance.name, instance])),
    }),
  );
}

/** What is around an `OS` when it is decided about. */
export interface AssessmentContext {
  readonly wallMs: number;
  readonly operatorZone: string;
  readonly servedSchemaRevision: number;
  /** Why the pods of a node cannot leave. */
  readonly passedOver: (node: string) => WaitReason | undefined;
  readonly instanceOf: ReadonlyMap<string, OsInstance>;
}

/** Decides for one `OS`. */
export function assessOs(
  os: Os,
  members: readonly Member[],
  context: AssessmentContext,
): OsAssessment {
  const { wallMs, operatorZone, servedSchemaRevision, passedOver } = context;
  const since = pausesOf(context);
  const input: FleetInput = {
    os,
    members,
    tally: tally(members, since, passedOver),
    now: { wallMs, monotonicMs: wallMs },
    operatorZone,
    cacheIsCurrent: true,
    servedSchemaRevision,
    since,
  };
  const plan = decideFleet(input);
  return { os, input, plan, waits: memberWaits(input, plan, passedOver) };
}

/** The lists as the source of a fleet. */
export function sourceOf({ oses, nodes, instances }: ObservedCluster): FleetSource {
  const nodesByName = new Map(nodes.map((node) => [node.name, node]));
  const instancesByName = new Map(instances.map((instance) => [instance.name, instance]));
  return {
    oses: () => oses,
    nodes: () => nodes,
    node: (name) => nodesByName.get(name),
    instances: () => instances,
    instance: (name) => instancesByName.get(name),
  };
}

/**
 * A leader counts a pause from when it first saw its cause. Nobody else knows when that was; the time that the ending was
 * written is close to it.
 */
function pausesOf({ wallMs, instanceOf }: AssessmentContext): (key: string) => number {
  return (key) => {
    const [, node = '', seq = ''] = /^(.+)\/pause:(\d+)$/u.exec(key) ?? [];
    const entries = instanceOf.get(node)?.spec.history?.entries ?? [];
    const last = entries.find((entry) => String(entry.last?.seq) === seq)?.last;
    return last === undefined ? 0 : Math.max((wallMs - Date.parse(last.time)) / 1000, 0);
  };
}

const drainReasons: ReadonlySet<string> = new Set(['EvictionBlocked', 'PodBlocksDrain']);

/** Whom the operator passed over because of its pods is known from the examples in its status only. */
function passedOverBy({ status }: Os, node: string): WaitReason | undefined {
  const found = status.waiting?.find(
    ({ reason, examples }) => drainReasons.has(reason) && examples.includes(node),
  );
  if (found === undefined) return undefined;
  const { reason } = found;
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const isSaid = ready?.reason === reason && ready.message.includes(node);
  return { reason, message: isSaid ? ready.message : `Pods of ${node} cannot leave` };
}
