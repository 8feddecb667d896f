/** Where each node stands, as one line for people. */
import type { AgentStatus, OperationProgress } from '../api/agent-status.ts';
import type { Operation, OperationType, Phase, SlotName } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import { adviceFor, type Advice, type Condition } from '../conditions/index.ts';
import { isPrepared } from '../lifecycle/course.ts';
import { phaseTable } from '../lifecycle/phase-table.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { compareMembers, type Member } from '../rollout/fleet.ts';
import { isControlPlane } from '../rollout/selection.ts';
import { settingsOf } from '../rollout/target.ts';
import type { WaitReason } from '../rollout/waiting.ts';
import { zoneLabel } from '../api/names.ts';
import { assess, type OsAssessment } from './assess.ts';
import type { NodeTimes, ObservedCluster } from './observed.ts';
import { workReason } from './work-reason.ts';

/** How far a node is: a phase of its open operation, or why none is open. */
export type NodePhase = Phase | 'Prepared' | 'UpToDate' | 'Waiting' | 'Failed' | 'NotSelected';

/** The state of a node. Times are RFC 3339. */
export interface NodeState extends Advice {
  readonly node: string;
  readonly zone: string;
  /** `namespace/name` of the `OS` that has it at work, or that selects it. */
  readonly os?: string;
  readonly version?: string;
  readonly slot?: SlotName;
  readonly wanted?: string;
  readonly phase: NodePhase;
  /** What the agent does at this moment. */
  readonly progress?: string;
  readonly since?: string;
  /** The reason as conditions and events have it; empty where nothing is to be said. */
  readonly reason: string;
  readonly message: string;
}

/** What is known of one node, before it is put into words. */
export interface NodeCase {
  readonly node: NodeView;
  readonly instance: OsInstance | undefined;
  readonly times: NodeTimes;
  readonly assessment: OsAssessment | undefined;
  readonly member: Member | undefined;
}

/** Every worker in the order of the line, with the `OS` that it belongs to. */
export function nodeCases(
  observed: ObservedCluster,
  assessments: readonly OsAssessment[] = assess(observed),
): readonly NodeCase[] {
  const instances = new Map(observed.instances.map((instance) => [instance.name, instance]));
  const members = assessments.map(
    ({ input }) => new Map(input.members.map((member) => [member.name, member])),
  );
  const workers = observed.nodes.filter((node) => !isControlPlane(node));
  const cases = workers.map((node): NodeCase => {
    const instance = instances.get(node.name);
    const index = ownerOf(node.name, instance, assessments, members);
    return {
      node,
      instance,
      times: observed.times.get(node.name) ?? {},
      assessment: assessments[index],
      member: members[index]?.get(node.name),
    };
  });
  return cases.sort((a, b) => compareMembers(placeOf(a.node), placeOf(b.node)));
}

function placeOf({ name, labels }: NodeView): Pick<Member, 'zone' | 'name'> {
  return { name, zone: labels[zoneLabel] ?? '' };
}

/** The object that has it at work, else the oldest one that selects it and is to stay. */
function ownerOf(
  node: string,
  instance: OsInstance | undefined,
  assessments: readonly OsAssessment[],
  members: readonly ReadonlyMap<string, Member>[],
): number {
  const osUid = instance?.spec.operation?.osUid;
  const atWork = assessments.findIndex(({ os }) => os.uid === osUid);
  if (atWork >= 0) return atWork;
  const selects = members.map((each) => each.get(node)?.selected === true);
  const toStay = selects.findIndex((is, index) => is && assessments[index]?.os.deleting === false);
  return toStay >= 0 ? toStay : selects.indexOf(true);
}

/** Puts a node into words. */
export function nodeState(known: NodeCase): NodeState {
  const { node, instance, assessment } = known;
  const agent = instance?.status.agent;
  const told = tell(known);
  const since = told.since ?? sinceOf(known, told);
  const os = assessment?.os;
  const operation = instance?.spec.operation;
  const wanted = wantedBy(os, operation);
  return {
    node: node.name,
    zone: placeOf(node).zone,
    ...(os === undefined ? {} : { os: `${os.namespace}/${os.name}` }),
    ...versionsOf(agent),
    ...(wanted === undefined ? {} : { wanted }),
    phase: told.phase,
    ...(told.progress === undefined ? {} : { progress: told.progress }),
    ...(since === undefined ? {} : { since }),
    reason: told.reason,
    message: told.message,
    ...(told.reason === '' ? { unblocks: '' } : adviceFor(told.reason)),
  };
}

function versionsOf(agent: AgentStatus | undefined): Pick<NodeState, 'version' | 'slot'> {
  if (agent === undefined) return {};
  const { version, bootedSlot } = agent;
  return { version, ...(bootedSlot === undefined ? {} : { slot: bootedSlot }) };
}

function wantedBy(os: Os | undefined, operation: Operation | undefined): string | undefined {
  if (operation !== undefined) {
    const { type, target } = operation;
    return wantedText(type, target.version, target.settings);
  }
  if (os?.spec === undefined) return undefined;
  return wantedText(os.spec.type, os.spec.version, settingsOf(os.spec));
}

function wantedText(type: OperationType, version: string, settings: string | undefined): string {
  return type === 'config' && settings !== undefined ? `settings ${settings}` : version;
}

type Told = WaitReason & Pick<NodeState, 'phase' | 'progress' | 'since'>;

function tell(known: NodeCase): Told {
  const { instance, assessment, member } = known;
  const operation = instance?.spec.operation;
  if (operation !== undefined) return tellOperation(known, operation);
  if (member === undefined || assessment === undefined) {
    return { phase: 'NotSelected', reason: '', message: 'No OS selects this node' };
  }
  const { standing, settings } = member;
  if (standing.kind === 'updated') {
    const isFine = settings === undefined || settings.reason === 'Applied';
    return { phase: 'UpToDate', ...(isFine ? degradedOf(instance) : settings) };
  }
  const wait = assessment.waits.get(member.name) ?? { reason: 'Queued', message: '' };
  return { phase: standing.kind === 'failed' ? 'Failed' : 'Waiting', ...wait };
}

function degradedOf(instance: OsInstance | undefined): WaitReason & Pick<NodeState, 'since'> {
  const degraded = conditionOf(instance, 'Degraded');
  if (degraded?.status !== 'True') return { reason: '', message: '' };
  const { reason, message, lastTransitionTime: since } = degraded;
  return { reason, message, since };
}

function tellOperation(known: NodeCase, operation: Operation): Told {
  const { instance, assessment, node } = known;
  const isWaiting = operation.phase === 'Prepare' && isPrepared(operation);
  const wait = isWaiting ? assessment?.waits.get(node.name) : undefined;
  if (wait !== undefined) return { phase: 'Prepared', ...wait };
  const progress = progressOf(instance?.status.agent, operation);
  return {
    phase: isWaiting ? 'Prepared' : operation.phase,
    ...(progress === undefined ? {} : { progress }),
    ...(workReason(known, operation) ?? endingOf(operation)),
  };
}

function endingOf({ phase, ending }: Operation): WaitReason {
  return ending === undefined
    ? { reason: '', message: phaseTable[phase].means }
    : { reason: ending.reason, message: ending.message };
}

function conditionOf(instance: OsInstance | undefined, type: string): Condition | undefined {
  return instance?.status.conditions?.find((condition) => condition.type === type);
}

function progressOf(agent: AgentStatus | undefined, { seq }: Operation): string | undefined {
  const report = agent?.operation;
  if (report?.seq !== seq || report.state !== 'Running') return undefined;
  return report.progress === undefined ? undefined : progressText(report.progress);
}

/** How far a step is: a percentage, or bytes where the total is not known. */
function progressText({ step, bytesDone, bytesTotal }: OperationProgress): string {
  return bytesTotal === undefined || bytesTotal === 0
    ? `${step} ${String(Math.floor(bytesDone / 1_048_576))} MiB`
    : `${step} ${String(Math.floor((100 * bytesDone) / bytesTotal))}%`;
}

/** Reasons whose beginning the API server keeps. */
const timeOfReason: Readonly<Record<string, keyof NodeTimes>> = {
  Held: 'hold',
  ForeignCordon: 'cordon',
  GivingBack: 'cordon',
  NotReady: 'ready',
};

function sinceOf(
  { instance, times, assessment, member }: NodeCase,
  told: Told,
): string | undefined {
  const { phase, reason } = told;
  if (phase === 'UpToDate') return conditionOf(instance, 'UpToDate')?.lastTransitionTime;
  if (phase === 'NotSelected') return undefined;
  if (phase !== 'Prepared' && phase !== 'Waiting' && phase !== 'Failed') return times.phase;
  const kept = timeOfReason[reason];
  if (kept !== undefined) return times[kept];
  return lastEndingOf(instance, member, reason) ?? notReadySince(assessment?.os);
}

function notReadySince(os: Os | undefined): string | undefined {
  const ready = os?.status.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'False' ? ready.lastTransitionTime : undefined;
}

/** The time of the ending that the node is left alone for. */
function lastEndingOf(
  instance: OsInstance | undefined,
  member: Member | undefined,
  reason: string,
): string | undefined {
  const isEnding = member?.standing.kind === 'failed' || member?.standing.kind === 'waiting';
  const entries = isEnding ? (instance?.spec.history?.entries ?? []) : [];
  return entries.find(({ last }) => last?.reason === reason)?.last?.time;
}
