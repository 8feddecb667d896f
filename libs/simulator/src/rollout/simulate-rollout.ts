import {
  compareMembers,
  historyOf,
  isSelected,
  targetOf,
  zoneLabel,
  type Os,
  type OsStatus,
} from '@kubeos/core';
import type { CallVerdict } from '../engine/actor.ts';
import { createRandom, type Random } from '../engine/random.ts';
import type { SimNode } from '../node/sim-node.ts';
import { startWallMs, World, type WorldOptions } from '../world/world.ts';
import { confirmOtherSlots, planFleet } from './fleet.ts';
import {
  defaultDurations,
  type RolloutDurations,
  type RolloutOptions,
  type Seconds,
} from './options.ts';
import { Recorder, type StepListener } from './recorder.ts';
import type { NodeTimeline, RolloutOutcome, RolloutReport } from './report.ts';
import { osName, readWish, type Wish } from './wish.ts';

const slotBytes = 2 ** 32;
const dayMs = 24 * 3600_000;
const normal: CallVerdict = { kind: 'normal' };
/** What an agent asks of its own node; a third of all calls, and none of them takes a millisecond to speak of. */
const localCalls: ReadonlySet<string> = new Set([
  'bootenv.read',
  'machine.facts',
  'machine.isRebooting',
  'machine.uptime',
  'snapshot',
  'snapshot.lock',
  'snapshot.read',
  'state.read',
  'timer.start',
  'timer.stop',
]);

/** What somebody who looks on is told while a rollout goes on. */
export interface Onlooker {
  readonly onStep: StepListener;
  /** The status of the `OS` was written. */
  readonly onStatus: (status: OsStatus, nowMs: number) => void;
  /** Steps of the scheduler at which it must have ended. */
  readonly mostSteps: number;
}

/**
 * Plays one rollout from the creation of the `OS` to its end on a virtual clock: the real operator, proxies and agents on
 * simulated nodes. How long does it take, and what if the new version fails on 2 % of the nodes?
 *
 * Nothing of the host is read: the same options give the same report.
 *
 * @throws KubeosError `INVALID_SPEC` when the `OS` is not valid.
 */
export async function simulateRollout(options: RolloutOptions): Promise<RolloutReport> {
  return watchRollout(options, {
    onStep: () => undefined,
    onStatus: () => undefined,
    mostSteps: Infinity,
  });
}

/** The same with somebody who looks on. */
export async function watchRollout(
  options: RolloutOptions,
  onlooker: Onlooker,
): Promise<RolloutReport> {
  const wish = readWish(options.os);
  const world = createWorld(wish, options);
  const recorder = new Recorder(() => world.scheduler.now, onlooker.onStep);
  world.server.watch(recorder.changed);
  world.onLoaded = ({ name }, session) => recorder.loaded(name, session);
  world.start();
  if (wish.spec.type === 'rollback') confirmOtherSlots(world);
  const { uid } = world.people.createOs(osName, wish);
  const outcome = await playToItsEnd({
    world,
    recorder,
    onlooker,
    uid,
    patienceMs: patienceOf(wish, options),
  });
  const os = world.server.oses.get(uid);
  if (os === undefined) throw new Error('The simulated OS is gone');
  return reportOf(world, recorder, os, outcome);
}

function createWorld(wish: Wish, options: RolloutOptions): World {
  const durations = { ...defaultDurations, ...options.durations };
  const random = createRandom(options.seed);
  const plans = planFleet(wish, options, random.fork('fleet'));
  const world = new World({
    seed: options.seed,
    nodes: plans,
    operators: 1,
    times: (source) => timesOf(source, durations),
    weather: (source) => {
      const call = drawn(source, durations.call);
      return {
        latencyMs: call,
        verdict: () => normal,
        isInstant: (point) => localCalls.has(point),
      };
    },
    slotBytes,
    recording: false,
    checking: false,
  });
  if (options.startsAt !== undefined) {
    const offsetMs = Date.parse(options.startsAt) - startWallMs;
    for (const operator of world.operators) operator.wallOffsetMs = offsetMs;
  }
  world.workloads.daemonSets.push({ namespace: 'kube-system', name: 'network' });
  const replicas = (options.podsPerNode ?? 1) * plans.length;
  const pods = { namespace: 'default', name: 'web', startSeconds: 0, hasEmptyDir: false };
  world.workloads.addWorkload(
    { ...pods, replicas, graceSeconds: durations.podShutdown },
    plans.map(({ name }) => name),
  );
  return world;
}

function timesOf(random: Random, durations: RolloutDurations): ReturnType<WorldOptions['times']> {
  const of = (name: keyof RolloutDurations): (() => number) => drawn(random, durations[name]);
  const [shutdown, loader, start, watchdog] = [
    of('shutdown'),
    of('bootLoader'),
    of('start'),
    of('watchdog'),
  ];
  const [ready, daemonSets] = [of('ready'), of('daemonSets')];
  return {
    machine: () => ({
      shutdownMs: shutdown(),
      loaderMs: loader(),
      startMs: start(),
      watchdogMs: watchdog(),
    }),
    kubelet: () => {
      const readyMs = ready();
      // A kubelet tells of the new boot first and is Ready some time later.
      const registerMs = Math.ceil(readyMs / 2);
      return { registerMs, readyMs: readyMs - registerMs, daemonSetsMs: daemonSets() };
    },
    transferMs: of('download'),
    digestMs: of('verify'),
    watchMs: of('watch'),
    restartMs: () => 1000,
    binding: { leastMs: 100, mostMs: 100 },
  };
}

/** Draws whole milliseconds. */
function drawn(random: Random, seconds: Seconds): () => number {
  if (typeof seconds === 'number') {
    const fixedMs = Math.round(seconds * 1000);
    return () => fixedMs;
  }
  const [leastMs, mostMs] = [Math.round(seconds.least * 1000), Math.round(seconds.most * 1000)];
  return () => random.between(leastMs, mostMs);
}

function patienceOf({ spec }: Wish, { patience }: RolloutOptions): number {
  if (patience !== undefined) return patience * 1000;
  return spec.timeWindow === undefined ? dayMs : 8 * dayMs;
}

interface Course {
  readonly world: World;
  readonly recorder: Recorder;
  readonly onlooker: Onlooker;
  readonly uid: string;
  readonly patienceMs: number;
}

async function playToItsEnd(course: Course): Promise<RolloutOutcome> {
  const { world, recorder, onlooker, uid, patienceMs } = course;
  const { scheduler } = world;
  let outcome: RolloutOutcome | undefined;
  world.server.watch((change) => {
    if (change.kind !== 'os' || change.object === undefined || change.key !== uid) return;
    onlooker.onStatus(change.object.status, scheduler.now);
    outcome = endOf(change.object);
  });
  const isOver = (): boolean => {
    if (scheduler.steps > onlooker.mostSteps)
      throw new Error(`More than ${scheduler.steps - 1} steps`);
    return outcome !== undefined || scheduler.now > recorder.lastProgressMs + patienceMs;
  };
  // Looks again as long as there was progress within the time that it was given.
  for (let untilMs = patienceMs; outcome === undefined && scheduler.now < untilMs;) {
    await world.run({ untilMs, until: isOver });
    untilMs = recorder.lastProgressMs + patienceMs;
  }
  return outcome ?? 'didNotFinish';
}

/** Reasons of a condition Ready that is False, with which nothing begins any more until a person acts. */
const stops: ReadonlySet<string> = new Set(['MaxFailuresReached', 'CanaryFailed']);

/** What the status says of the end, once nobody is at work any more. */
function endOf({ status, generation }: Os): RolloutOutcome | undefined {
  const { working = 0, preparing = 0 } = status;
  if (status.observedGeneration !== generation || working + preparing > 0) return undefined;
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True' || isThrough(status)) return 'completed';
  return ready !== undefined && stops.has(ready.reason) ? 'stopped' : undefined;
}

function isThrough({ nodes = 0, updated = 0, failed = 0 }: OsStatus): boolean {
  return nodes > 0 && updated + failed >= nodes;
}

function reportOf(
  world: World,
  recorder: Recorder,
  os: Os,
  outcome: RolloutOutcome,
): RolloutReport {
  const { status } = os;
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const nodes = [...world.nodes.values()].filter(
    ({ view }) => view !== undefined && isSelected(os.selector, view),
  );
  const timelines = nodes.map((node) => timelineOf(world, recorder, os, node));
  const sorted = timelines.sort((a, b) =>
    compareMembers({ zone: a.zone, name: a.node }, { zone: b.zone, name: b.node }),
  );
  const inState = (state: NodeTimeline['state']): number =>
    timelines.filter((timeline) => timeline.state === state).length;
  return {
    outcome,
    reason: ready?.reason ?? '',
    message: status.message ?? '',
    durationSeconds: recorder.lastStepMs / 1000,
    nodes: nodes.length,
    updated: inState('updated'),
    failed: inState('failed'),
    mostOutOfService: recorder.mostOutOfService,
    timelines: sorted,
    status,
  };
}

function timelineOf(world: World, recorder: Recorder, os: Os, node: SimNode): NodeTimeline {
  const instance = world.server.instances.get(node.name);
  const target = targetOf(os, instance);
  const isUpdated = node.machine.session?.image.version === os.spec?.version;
  const isFailed = target !== undefined && historyOf(instance?.spec.history, target).counted;
  return {
    node: node.name,
    zone: node.view?.labels[zoneLabel] ?? '',
    state: isUpdated ? 'updated' : isFailed ? 'failed' : 'waiting',
    entries: recorder.entries(node.name),
  };
}
