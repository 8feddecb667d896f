import type { NodeSelector, OsSpec, Payload, SettingsSet, SlotName } from '@kubeos/core';
import type { OsWish } from '../cluster/people.ts';
import type { WorkloadRecord } from '../cluster/records.ts';
import type { Random } from '../engine/random.ts';
import { anImage, type ImageModel } from '../node/images.ts';
import { knobSet, knobValue, limitsSet, type KnobHealth } from '../node/knob.ts';
import type { NodePlan } from '../world/world.ts';
import { callFaultNames, timedFaultNames, type CallFault, type TimedFault } from './catalogue.ts';

/** What one seed plays: a small fleet, the faults that may strike it, and how it begins. */
export interface Scenario {
  readonly seed: number;
  readonly nodes: readonly NodePlan[];
  readonly operators: number;
  readonly workloads: readonly WorkloadRecord[];
  readonly callFaults: ReadonlySet<CallFault>;
  readonly timedFaults: readonly TimedFault[];
  /** Scales the probability of call faults. */
  readonly severity: number;
  /** Time during which faults strike, in milliseconds. */
  readonly chaosMs: number;
  /** Mean time between faults of a moment, in milliseconds. */
  readonly faultEveryMs: number;
  /** Longest delay of a watch, in milliseconds. */
  readonly watchMs: number;
  /** Probability that the first release is sound. */
  readonly soundness: number;
  /** Changes the first spec. */
  readonly shape?: SpecShape;
}

const minuteMs = 60_000;

/** The system that every node starts with. */
export const factoryImage = anImage('factory', 'KubeOS 1.0');

/** Makes the scenario of a seed. Few faults at a time, but different ones: a swarm finds more than a storm. */
export function scenarioOf(seed: number, random: Random): Scenario {
  const nodeCount = random.between(1, 5);
  const share = random.pick([0.1, 0.25, 0.5]);
  return {
    seed,
    nodes: Array.from({ length: nodeCount }, (_, index) => nodePlan(random, index)),
    operators: random.chance(0.5) ? 2 : 1,
    workloads: workloadsOf(random, nodeCount),
    callFaults: new Set(callFaultNames.filter(() => random.chance(share))),
    timedFaults: timedFaultNames.filter(() => random.chance(share)),
    severity: random.pick([0.3, 1, 2]),
    chaosMs: random.between(8, 40) * minuteMs,
    faultEveryMs: random.pick([0.5, 1, 3]) * minuteMs,
    watchMs: random.pick([20, 200, 3_000]),
    soundness: 0.7,
  };
}

function nodePlan(random: Random, index: number): NodePlan {
  const plan = {
    name: `node-${String(index)}`,
    zone: random.pick(['zone-a', 'zone-b']),
    booted: random.pick<SlotName>(['A', 'B']),
    image: factoryImage,
  };
  return random.chance(0.3) ? { ...plan, otherImage: anImage('older', 'KubeOS 0.9') } : plan;
}

function workloadsOf(random: Random, nodes: number): readonly WorkloadRecord[] {
  return Array.from({ length: random.between(0, 2) }, (_, index) => {
    const replicas = random.between(1, nodes + 1);
    const workload = {
      namespace: 'default',
      name: `web-${String(index)}`,
      replicas,
      startSeconds: random.between(1, 20),
      graceSeconds: random.pick([1, 30, 120]),
      hasEmptyDir: random.chance(0.15),
    };
    return random.chance(0.7)
      ? { ...workload, minAvailable: Math.max(0, replicas - random.between(0, 2)) }
      : workload;
  });
}

/** An image with the version that an admin would announce for it. */
export interface Release {
  readonly image: ImageModel;
  readonly announced: string;
  readonly url: string;
}

const flaws: readonly Partial<ImageModel>[] = [
  { reach: 'panic' },
  { reach: 'hang' },
  { reach: 'brokenAgent' },
  { health: 'neverReady' },
  { health: 'daemonSetsNeverReady' },
  { health: 'otherOsImage' },
  { hasAgent: false, reach: 'hang' },
  { kernelLoads: false },
  { sizeBytes: 2 ** 40 },
  { agentVersion: '0.9.0', capabilities: ['disk'] },
];

/** Makes a release; half of them are sound when `soundness` is 0.5. */
export function aRelease(random: Random, serial: number, soundness: number): Release {
  const announced = `KubeOS ${String(2 + random.below(3))}.${String(serial)}`;
  const name = `image-${String(serial)}`;
  const url = `https://images.example/${name}`;
  if (random.chance(soundness)) return { image: anImage(name, announced), announced, url };
  if (random.chance(0.1)) return { image: anImage(name, `${announced}-rc`), announced, url };
  return { image: anImage(name, announced, random.pick(flaws)), announced, url };
}

/** The payload of a release as an admin writes it. */
export function payloadOf({ image, url }: Release): Payload {
  return {
    imageType: 'disk',
    url,
    digest: image.payloadDigest,
    allowInsecure: false,
    mutualTls: false,
  };
}

type SpecShape = (spec: OsSpec) => OsSpec;
const asDrawn: SpecShape = (spec) => spec;

/** What an admin wishes for at first: a release, or settings for the system that every node has. */
export function aWish(random: Random, release: Release, shape: SpecShape = asDrawn): OsWish {
  const spec = specOf(random, release);
  const wanted = random.chance(0.15) ? configOf(random, spec, factoryImage.version) : spec;
  return { selector: { kind: 'all' }, spec: shape(wanted) };
}

/** The same, but nothing is done but to apply a set of settings to nodes that run a version. */
export function configOf(
  random: Random,
  { payload: _payload, ...spec }: OsSpec,
  version: string,
): OsSpec {
  return { ...spec, type: 'config', version, sysconfigs: aSettingsSet(random, 0.4) };
}

/** A set of settings under a name of its own. A kubelet that would not work with it is found out only by starting it. */
export function aSettingsSet(random: Random, reboots = 0): SettingsSet {
  const serial = 100 + random.below(1_000_000);
  const restart = random.chance(0.6);
  const isSound = !restart || random.chance(0.7);
  const health = isSound ? 'ready' : random.pick<KnobHealth>(['fails', 'neverReady']);
  const options = { restart, reboot: random.chance(reboots) };
  return knobSet(`set-${String(serial)}`, knobValue(serial, health), options);
}

/** A spec with varied settings for a release. */
export function specOf(random: Random, release: Release): OsSpec {
  return {
    ...(random.chance(0.2) ? { sysconfigs: aSettingsSet(random) } : {}),
    ...(random.chance(0.2) ? { upgradeconfigs: limitsSet(`early-${release.image.name}`) } : {}),
    version: release.announced,
    type: 'upgrade',
    payload: payloadOf(release),
    maxUnavailable: random.pick([{ count: 1 }, { count: 2 }, { percent: 40 }]),
    executionMode: random.chance(0.2) ? 'serial' : 'parallel',
    timeIntervalSeconds: random.pick([1, 15, 120]),
    force: random.chance(0.5),
    paused: false,
    canary: random.pick([{ count: 0 }, { count: 1 }, { percent: 20 }]),
    maxFailures: random.pick([1, 1, 2]),
    drainTimeoutSeconds: random.pick([60, 300, 900]),
    confirmTimeoutSeconds: random.pick([300, 600]),
    minReadySeconds: random.pick([1, 30]),
  };
}

/** Selectors that an admin may swap. */
export const selectors: readonly NodeSelector[] = [
  { kind: 'all' },
  { kind: 'unlabelled' },
  { kind: 'value', value: 'edge' },
];
