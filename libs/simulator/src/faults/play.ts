import {
  candidateOf,
  cordonAnnotation,
  parseBootBlock,
  slotNames,
  type NodeView,
  type OsSpec,
  type OsStatus,
  type PodView,
} from '@kubeos/core';
import { createRandom, type Random } from '../engine/random.ts';
import type { Weather } from '../engine/actor.ts';
import { promisedPods } from '../invariants/promised-pods.ts';
import type { Violation } from '../invariants/violation.ts';
import { factoryKnob, knobHealth, knobIn, knobOf, kubeletPath } from '../node/knob.ts';
import type { NodeTimes, SimNode } from '../node/sim-node.ts';
import { isSpared, World, type Tampering } from '../world/world.ts';
import { publish, type Chaos } from './chaos.ts';
import { fairWeather, roughWeather } from './rough-weather.ts';
import { scenarioOf, specOf, type Release, type Scenario } from './scenario.ts';
import { mend, unleash } from './unleash.ts';

/** How a seed is played. */
export interface PlayOptions {
  readonly seed: number;
  /** Keeps the trace; a replay of a failing seed wants it. */
  readonly recording?: boolean;
  /** Replaces ports of the programs under test. */
  readonly tampering?: Tampering;
  /** Changes the scenario of the seed; for tests of one fault. */
  readonly adapt?: (scenario: Scenario) => Scenario;
}

/** What came of a seed. */
export interface PlayReport {
  readonly seed: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly violation?: Violation;
  /** How often each fault struck, and what power cuts found half done. */
  readonly marks: ReadonlyMap<string, number>;
  /** The story, where it was recorded. */
  readonly trace: string;
}

/** Longest virtual time that a fleet may take to settle once the faults have ceased. */
const settleMs = 24 * 3600_000;
/** The quiet time in which nothing may happen any more but leases and looks at the clock. */
const quietMs = 900_000;
/** Steps allowed per program and quiet minute. */
const quietStepsPerMinute = 60;
/** Everything is up again so long after the faults have ceased. */
const releaseMs = 1200_000;
/** The state of the fleet is looked at every so many steps. */
const lookEverySteps = 50;
/** People who take a cordon off answer themselves for the pods that come within this time. */
const foreignUncordonMs = 900_000;
/** An operator puts a cordon back within this time; until then the scheduler chooses the node. */
const cordonAgainMs = 60_000;

/** Plays one seed to its end: faults, then peace, in which the fleet has to arrive. */
export async function play(options: PlayOptions): Promise<PlayReport> {
  const random = createRandom(options.seed);
  const adapt = options.adapt ?? ((scenario: Scenario) => scenario);
  const scenario = adapt(scenarioOf(options.seed, random.fork('scenario')));
  const world = createWorld(scenario, options, random);
  world.start();
  for (const workload of scenario.workloads) {
    world.workloads.addWorkload(workload, [...world.nodes.keys()]);
  }
  const chaos = unleash(world, random.fork('chaos'), scenario);
  await world.run({ untilMs: scenario.chaosMs });
  if (world.violation === undefined) await comeToRest(chaos);
  const { violation } = world;
  return {
    seed: options.seed,
    steps: world.scheduler.steps,
    virtualMs: world.scheduler.now,
    marks: world.marks,
    trace: world.trace.text(),
    ...(violation === undefined ? {} : { violation }),
  };
}

/** The world of a scenario before its first moment. */
export function createWorld(scenario: Scenario, options: PlayOptions, random: Random): World {
  const world = new World({
    seed: options.seed,
    nodes: scenario.nodes,
    operators: scenario.operators,
    slotBytes: 2 ** 32,
    recording: options.recording === true,
    checking: true,
    times: (source) => ({ ...timesOf(source, scenario), binding: { leastMs: 10, mostMs: 4000 } }),
    weather: (source): Weather => roughWeather(source, scenario.callFaults, scenario.severity),
    ...(options.tampering === undefined ? {} : { tampering: options.tampering }),
  });
  world.workloads.daemonSets.push({ namespace: 'kube-system', name: 'network' });
  world.onRebootOrdered = (node) => checkReboot(world, node);
  const { callFaults, severity } = scenario;
  world.setWeather(
    roughWeather(random.fork('rough'), callFaults, severity, (fault) => world.mark(fault)),
  );
  return world;
}

function timesOf(random: Random, scenario: Scenario): NodeTimes {
  return {
    machine: () => ({
      shutdownMs: random.between(1, 30) * 1000,
      loaderMs: random.between(1, 20) * 1000,
      startMs: random.between(1, 20) * 1000,
      watchdogMs: random.between(30, 180) * 1000,
    }),
    kubelet: () => ({
      registerMs: random.between(1, 20) * 1000,
      readyMs: random.between(1, 20) * 1000,
      daemonSetsMs: random.between(0, 30) * 1000,
    }),
    transferMs: () => random.between(5, 120) * 1000,
    digestMs: () => random.between(1, 20) * 1000,
    watchMs: () => random.between(0, scenario.watchMs),
    restartMs: () => random.between(1, 20) * 1000,
  };
}

/** A node that an agent reboots into an armed candidate must be cordoned and empty of promised pods. */
function checkReboot(world: World, node: SimNode): void {
  const block = parseBootBlock(node.disk.bootBlock);
  if (block.kind !== 'ok' || block.vars.left[candidateOf(block.vars)] === 0) return;
  if (node.machine.session?.slot !== block.vars.good) return;
  const operation = world.server.instances.get(node.name)?.spec.operation;
  if (operation?.phase !== 'Activate') return;
  const pods = promisedPods(world.workloads.podsOn(node.name), {
    force: operation.parameters.force,
    isSpared: (pod) => isSpared(pod) || isLetIn(world, node.name, pod),
  });
  if (pods.length > 0) {
    const names = pods.map((pod) => pod.name).join(', ');
    world.report('DrainedBeforeReboot', `${node.name} reboots with ${names}`);
  }
}

/** True for a pod that came in because somebody took the cordon off. */
function isLetIn(world: World, node: string, { uid }: PodView): boolean {
  const bound = world.workloads.pods.get(uid)?.bound;
  if (bound === undefined) return false;
  const { chosenMs } = bound;
  const { now } = world.scheduler;
  return world
    .foreignUncordonsMs(node)
    .some((atMs) =>
      bound.openly
        ? atMs <= bound.atMs && now - atMs < foreignUncordonMs
        : atMs <= chosenMs && chosenMs - atMs < cordonAgainMs,
    );
}

/** The faults cease and the wish is sane: now every node has to arrive, or the status has to say why not. */
async function comeToRest(chaos: Chaos): Promise<void> {
  const { world, random } = chaos;
  mend(chaos);
  world.setWeather(fairWeather(random.fork('fair')));
  const wanted = lastWish(chaos);
  world.trace.add(
    'PEACE',
    `the wish is ${wanted.version}, which is ${wanted.sound ? 'sound' : 'flawed'}`,
  );
  let looks = 0;
  const isSettled = (): boolean => {
    looks += 1;
    return looks % lookEverySteps === 0 && problems(chaos, wanted).length === 0;
  };
  await world.run({ untilMs: world.scheduler.now + settleMs, until: isSettled });
  if (world.violation !== undefined) return;
  const left = problems(chaos, wanted);
  if (left.length > 0) {
    world.report('Progress', left.join('; '));
    return;
  }
  await stayQuiet(chaos, wanted);
}

async function stayQuiet(chaos: Chaos, wanted: LastWish): Promise<void> {
  const { world } = chaos;
  // What was on its way when the fleet arrived may come to its end first.
  await world.run({ untilMs: world.scheduler.now + quietMs / 3 });
  const before = world.scheduler.steps;
  await world.run({ untilMs: world.scheduler.now + quietMs });
  if (world.violation !== undefined) return;
  const programs = world.nodes.size + world.operators.length;
  const allowed = (programs * quietStepsPerMinute * quietMs) / 60_000;
  const steps = world.scheduler.steps - before;
  if (steps > allowed) world.report('NoBusyLoop', `${steps} steps in quiet, ${allowed} allowed`);
  // A flawed release may be tried once more after its pause.
  const left = wanted.sound ? problems(chaos, wanted) : [];
  if (left.length > 0) world.report('Progress', `it did not stay settled: ${left.join('; ')}`);
}

interface LastWish {
  readonly version: string;
  /** Every node can run it. */
  readonly sound: boolean;
  /** What its settings come to; absent where it has none. */
  readonly knob: number | undefined;
}

function lastWish(chaos: Chaos): LastWish {
  const { world, random } = chaos;
  const release = publish(chaos, random.chance(0.8) ? 1 : 0);
  // Whatever stands in the way of a drain goes, so that nothing but the release itself can stop the fleet.
  const drawn = { ...specOf(random, release), force: true, drainTimeoutSeconds: 900 };
  const { sysconfigs: _after, upgradeconfigs: _before, ...plain } = drawn;
  const spec: OsSpec = canConfigure(chaos) ? drawn : plain;
  const knob = knobOf(spec.sysconfigs);
  const sound = isSound(release) && knobHealth(knob ?? factoryKnob) === 'ready';
  world.workloads.dropBudgets();
  for (const os of world.server.oses.values()) {
    if (os.uid !== chaos.osUid) world.people.deleteOs(os.uid);
  }
  for (const node of world.nodes.keys()) tidyNode(world, node);
  releaseLater(world);
  const wish = { selector: { kind: 'all' as const }, spec };
  const os = world.server.oses.get(chaos.osUid);
  if (os === undefined || os.deleting) chaos.osUid = world.people.createOs('final', wish).uid;
  else world.people.editOs(os.uid, wish);
  return { version: release.announced, sound, knob };
}

function isSound({ image, announced }: Release): boolean {
  return (
    image.reach === 'agent' &&
    image.health === 'ready' &&
    image.hasAgent &&
    image.kernelLoads &&
    image.version === announced &&
    image.sizeBytes < 2 ** 32
  );
}

/** A node whose system knows no settings would wait with them for ever. */
function canConfigure({ world, releases }: Chaos): boolean {
  const installed = [...world.nodes.values()].flatMap(({ disk }) =>
    slotNames.map((slot) => disk.slot(slot)),
  );
  const images = [
    ...releases.map(({ image }) => image),
    ...installed.flatMap((matter) => (matter.kind === 'headless' ? [] : [matter.image])),
  ];
  return images.every(({ capabilities }) => capabilities.includes('settings'));
}

/** People clear away what they left lying about: cordons, holds, labels. */
function tidyNode(world: World, name: string): void {
  const record = world.server.nodes.get(name);
  if (record === undefined) return;
  world.people.changeNode(name, {
    labels: { 'upgrade.openeuler.org/node-selector': null },
    annotations: { 'upgrade.openeuler.org/hold': null },
  });
  if (record.cordonedBy !== undefined && record.cordonedBy !== 'kubeos-operator') {
    world.noteForeignUncordon(name);
    world.people.changeNode(name, { unschedulable: false });
  }
}

/** A node that somebody rolled back at its console is released, again and again since it may be down just now. */
function releaseLater(world: World): void {
  world.scheduler.after(releaseMs, () => {
    for (const node of world.nodes.values()) {
      node.agents.console('release', (agent) => agent.release());
    }
  });
}

/** What is not as it should be at the end of a peaceful time. */
function problems(chaos: Chaos, wanted: LastWish): readonly string[] {
  const { world } = chaos;
  const status = world.server.oses.get(chaos.osUid)?.status;
  const found: string[] = [];
  for (const node of world.nodes.values()) {
    const problem = nodeProblem(world, node, wanted, status);
    if (problem !== undefined) found.push(`${node.name}: ${problem}`);
  }
  return found;
}

function nodeProblem(
  world: World,
  node: SimNode,
  wanted: LastWish,
  status: OsStatus | undefined,
): string | undefined {
  return (
    machineProblem(node) ??
    operationProblem(world, node, wanted, status) ??
    cordonProblem(node.view, wanted) ??
    versionProblem(node, wanted, status) ??
    settingsProblem(node, wanted)
  );
}

function machineProblem(node: SimNode): string | undefined {
  const { session } = node.machine;
  const block = parseBootBlock(node.disk.bootBlock);
  const { view } = node;
  if (session?.reached !== true || view === undefined) return 'is away';
  if (block.kind !== 'ok' || block.vars.slots[session.slot] !== 'good') return 'runs no good slot';
  return view.ready ? undefined : 'is not Ready';
}

function operationProblem(
  { server }: World,
  { name }: SimNode,
  { sound }: LastWish,
  status: OsStatus | undefined,
): string | undefined {
  const operation = server.instances.get(name)?.spec.operation;
  if (operation === undefined) return undefined;
  // What was prepared before another node became a canary, and that one failed, stays prepared.
  if (!sound && operation.phase === 'Prepare' && isDegraded(status)) return undefined;
  return 'has an operation open';
}

function versionProblem(
  node: SimNode,
  wanted: LastWish,
  status: OsStatus | undefined,
): string | undefined {
  const version = node.machine.session?.image.version;
  if (version === wanted.version) return undefined;
  if (wanted.sound) return `runs ${version ?? 'nothing'}, not ${wanted.version}`;
  return isExplained(status)
    ? undefined
    : `does not arrive and ${JSON.stringify(status)} does not say why`;
}

function settingsProblem({ disk }: SimNode, { sound, knob }: LastWish): string | undefined {
  const found = knobIn(disk.file(kubeletPath));
  return !sound || knob === undefined || found === knob
    ? undefined
    : `has settings of ${String(found)}, not ${String(knob)}`;
}

function cordonProblem(view: NodeView | undefined, wanted: LastWish): string | undefined {
  if (view === undefined) return 'is away';
  if (Object.hasOwn(view.annotations, cordonAnnotation)) return 'still carries our cordon';
  if (view.unschedulable) return 'is still cordoned';
  // A batch that was stopped by a failure keeps its mark.
  const labels = ['upgrading', 'configuring', ...(wanted.sound ? ['serial'] : [])];
  const left = labels.filter((label) =>
    Object.hasOwn(view.labels, `upgrade.openeuler.org/${label}`),
  );
  return left.length === 0 ? undefined : `still carries ${left.join(', ')}`;
}

function isExplained(status: OsStatus | undefined): boolean {
  return (status?.message ?? '') !== '' || isDegraded(status);
}

function isDegraded(status: OsStatus | undefined): boolean {
  return status?.conditions?.find(({ type }) => type === 'Degraded')?.status === 'True';
}
