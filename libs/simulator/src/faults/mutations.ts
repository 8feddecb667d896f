/**
 * Faults planted in the guard of each invariant, as lying ports around the untouched programs. Each must be found by the
 * simulation; one that is not would mean that the invariant is not really checked, or that its trace never comes up.
 */
import { cordonAnnotation, otherSlot } from '@kubeos/core';
import type { InvariantName, Violation } from '../invariants/violation.ts';
import type { Tampering } from '../world/world.ts';
import type { CallFault, TimedFault } from './catalogue.ts';
import {
  announcedVersions,
  armedForGood,
  calmTrials,
  forgetFailures,
  hastyClock,
  lyingCache,
  lyingOperator,
  lyingPods,
  rememberedDigests,
  renewingLeases,
  withoutHold,
  withoutWindow,
} from './lies.ts';
import { anImage } from '../node/images.ts';
import { orderMutations } from './order-mutations.ts';
import { play } from './play.ts';
import { factoryImage, type Scenario } from './scenario.ts';
import { settingsMutations } from './settings-mutations.ts';

/** One planted fault. */
export interface Mutation {
  readonly name: string;
  /** The guard that is broken by it. */
  readonly breaks: InvariantName;
  /** Makes the lying ports; called anew for every seed. */
  readonly tampering: () => Tampering;
  /** Faults without which the broken guard makes no difference. */
  readonly timedFaults?: readonly TimedFault[];
  readonly callFaults?: readonly CallFault[];
  readonly adapt?: (scenario: Scenario) => Scenario;
}

/** A fleet that is large enough for a second batch to begin too early, seen through slow watches. */
function slowlySeen(scenario: Scenario): Scenario {
  const nodes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({
    name: `node-${name}`,
    booted: 'A' as const,
    image: factoryImage,
  }));
  return {
    ...scenario,
    nodes,
    workloads: [],
    watchMs: 20_000,
    shape: ({ prepareConcurrency: _limit, ...spec }) => ({
      ...spec,
      prepareConcurrency: 6,
      timeIntervalSeconds: 1,
      executionMode: 'parallel',
      canary: { count: 0 },
      maxUnavailable: { count: 1 },
    }),
  };
}

/** Both slots of every node hold a system, and all nodes are prepared in the midst of boots by hand. */
function oftenBootedByHand(scenario: Scenario): Scenario {
  return {
    ...scenario,
    faultEveryMs: 30_000,
    workloads: [],
    nodes: scenario.nodes.map((node) => ({ ...node, otherImage: anImage('older', 'KubeOS 0.9') })),
    shape: (spec) => ({
      ...spec,
      executionMode: 'parallel',
      canary: { count: 0 },
      maxFailures: 3,
      maxUnavailable: { count: 1 },
      prepareConcurrency: 5,
    }),
  };
}

/** A scenario whose first release has a flaw. */
function flawed(scenario: Scenario): Scenario {
  return { ...scenario, soundness: 0 };
}

/** The planted faults. */
export const mutations: readonly Mutation[] = [
  ...orderMutations,
  ...settingsMutations,
  {
    name: 'a cache that claims to hold the own writes',
    breaks: 'WithinBudget',
    tampering: () => ({
      operator: (deps) => ({
        ...deps,
        cache: { ...lyingCache(deps.cache, {}), holdsOwnWrites: () => true },
      }),
    }),
    adapt: slowlySeen,
  },
  {
    name: 'a ticket that is written without its guard',
    breaks: 'WithinBudget',
    timedFaults: ['operatorPause', 'operatorCrash', 'watchGap'],
    callFaults: ['slowCall'],
    tampering: () => ({
      operator: (deps) => ({
        ...deps,
        leadership: { ...deps.leadership, isLeading: () => true },
        cache: { ...lyingCache(deps.cache, {}), holdsOwnWrites: () => true },
        api: {
          ...deps.api,
          async writeOsStatus(os, status) {
            const fresh = await deps.api.getOs(os.namespace, os.name);
            return deps.api.writeOsStatus(fresh ?? os, status);
          },
        },
      }),
    }),
    adapt: (scenario) => ({ ...slowlySeen(scenario), operators: 2, severity: 2 }),
  },
  {
    name: 'a node that is away and looks Ready',
    breaks: 'WithinBudget',
    timedFaults: ['powerCut'],
    tampering: () => lyingOperator({ node: (node) => ({ ...node, ready: true }) }),
    adapt: slowlySeen,
  },
  {
    name: 'every cordon counts as ours',
    breaks: 'ForeignCordonKept',
    timedFaults: ['foreignCordon'],
    tampering: () =>
      lyingOperator({
        node: (node) => ({
          ...node,
          unschedulableIsOurs: true,
          annotations: node.unschedulable
            ? { [cordonAnnotation]: 'of somebody', ...node.annotations }
            : node.annotations,
        }),
      }),
  },
  {
    name: 'a pod list that shows no pods',
    breaks: 'DrainedBeforeReboot',
    tampering: () =>
      lyingPods((pods) => pods.filter((pod) => pod.controller?.kind === 'DaemonSet')),
    adapt: (scenario) => ({ ...scenario, workloads: [busyWorkload] }),
  },
  {
    name: 'DaemonSet pods that always look Ready',
    breaks: 'ConfirmedByCluster',
    adapt: flawed,
    tampering: () => lyingPods((pods) => pods.map((pod) => ({ ...pod, ready: true }))),
  },
  {
    name: 'a clock that runs ten times too fast',
    breaks: 'ConfirmedByCluster',
    tampering: hastyClock,
    adapt: (scenario) => ({ ...scenario, shape: (spec) => ({ ...spec, minReadySeconds: 60 }) }),
  },
  {
    name: 'a Lease that looks renewed whenever it is read',
    breaks: 'ConfirmedByCluster',
    tampering: () => renewingLeases(),
    adapt: (scenario) => ({ ...scenario, shape: (spec) => ({ ...spec, minReadySeconds: 1 }) }),
  },
  {
    name: 'a hold that is not seen',
    breaks: 'HoldKept',
    timedFaults: ['held'],
    tampering: () => lyingOperator({ node: withoutHold }),
    adapt: (scenario) => ({ ...scenario, workloads: [busyWorkload] }),
  },
  {
    name: 'a pause that is not seen',
    breaks: 'InsideWindow',
    timedFaults: ['osEdited'],
    tampering: () =>
      lyingOperator({
        os: (os) => (os.spec === undefined ? os : { ...os, spec: { ...os.spec, paused: false } }),
      }),
  },
  {
    name: 'a time window that is not seen',
    breaks: 'InsideWindow',
    tampering: () => lyingOperator({ os: withoutWindow }),
    adapt: (scenario) => ({
      ...scenario,
      // Scenarios begin at noon.
      shape: (spec) => ({ ...spec, timeWindow: { start: '22:00:00', end: '02:00:00' } }),
    }),
  },
  {
    name: 'failures that are forgotten',
    breaks: 'InsideWindow',
    adapt: (scenario) => ({
      ...flawed(scenario),
      shape: (spec) => ({ ...spec, timeIntervalSeconds: 120, canary: { count: 0 } }),
    }),
    tampering: () => lyingOperator({ instance: forgetFailures }),
  },
  {
    name: 'a slot hash from memory',
    breaks: 'VerifiedBeforeBoot',
    timedFaults: ['slotDamaged'],
    tampering: rememberedDigests,
  },
  {
    name: 'an agent that is seen where there is none',
    breaks: 'VerifiedBeforeBoot',
    adapt: flawed,
    tampering: () => ({
      agent: (deps) => ({
        ...deps,
        slots: {
          ...deps.slots,
          inspect: async (slot) => ({ ...(await deps.slots.inspect(slot)), hasAgent: true }),
        },
      }),
    }),
  },
  {
    name: 'an image that calls itself what was announced',
    breaks: 'VerifiedBeforeBoot',
    adapt: flawed,
    tampering: announcedVersions,
  },
  {
    name: 'a candidate that is armed for good',
    breaks: 'AlwaysBootable',
    adapt: flawed,
    tampering: () => ({
      agent: (deps) => ({
        ...deps,
        env: {
          ...deps.env,
          writeSector: (sector) => deps.env.writeSector(armedForGood(sector)),
        },
      }),
    }),
  },
  {
    name: 'the wrong slot taken for the booted one',
    breaks: 'BootedSlotUntouched',
    tampering: () => ({
      agent: (deps) => ({
        ...deps,
        machine: {
          ...deps.machine,
          async facts() {
            const facts = await deps.machine.facts();
            const { bootedSlot } = facts;
            return bootedSlot === undefined
              ? facts
              : { ...facts, bootedSlot: otherSlot(bootedSlot) };
          },
        },
      }),
    }),
    timedFaults: ['manualBoot'],
    adapt: oftenBootedByHand,
  },
  {
    name: 'a trial that is reported as confirmed',
    breaks: 'GivenBackWhole',
    tampering: () => ({
      proxy: (deps) => ({
        ...deps,
        snapshot: {
          current: () => {
            const status = deps.snapshot.current();
            return status === undefined ? undefined : calmTrials(status);
          },
        },
      }),
    }),
  },
  {
    name: 'an uptime that stands still',
    breaks: 'Progress',
    adapt: flawed,
    tampering: () => ({
      agent: (deps) => ({
        ...deps,
        machine: { ...deps.machine, uptimeSeconds: () => Promise.resolve(1) },
      }),
    }),
  },
];

const busyWorkload = {
  namespace: 'default',
  name: 'web',
  replicas: 8,
  startSeconds: 1,
  graceSeconds: 1,
  hasEmptyDir: false,
};

/** What came of looking for a planted fault. */
export interface Search {
  /** Seeds that were played. */
  readonly seeds: number;
  readonly steps: number;
  /** The broken invariant; absent when the fault was not found. */
  readonly violation?: Violation;
  /** What the seed breaks without the planted fault too; the find is then worth nothing. */
  readonly control?: Violation;
}

/**
 * Plays seeds until the fault of this name shows, and then that seed once more without it.
 *
 * @throws RangeError when there is no such mutation.
 */
export async function findMutation(name: string, mostSeeds: number): Promise<Search> {
  const mutation = mutations.find((one) => one.name === name);
  if (mutation === undefined) throw new RangeError(`No mutation "${name}"`);
  const adapt = adaptTo(mutation);
  let steps = 0;
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const report = await play({ seed, tampering: mutation.tampering(), adapt });
    steps += report.steps;
    const { violation } = report;
    if (violation?.invariant !== mutation.breaks) continue;
    const untouched = await play({ seed, adapt });
    steps += untouched.steps;
    const found = { seeds: seed, steps, violation };
    return untouched.violation === undefined ? found : { ...found, control: untouched.violation };
  }
  return { seeds: mostSeeds, steps };
}

/** The scenario of a seed, with the faults that the mutation needs and no others. */
function adaptTo(mutation: Mutation): (scenario: Scenario) => Scenario {
  return (scenario) => {
    const chosen: Scenario = {
      ...scenario,
      callFaults: new Set(mutation.callFaults ?? []),
      timedFaults: mutation.timedFaults ?? [],
    };
    return mutation.adapt?.(chosen) ?? chosen;
  };
}
