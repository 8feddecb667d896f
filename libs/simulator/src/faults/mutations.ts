/**
 * Faults planted in the guard of each invariant, as lying ports around the untouched programs. Each must be found by the
 * simulation; one that is not would mean that the invariant is not really checked, or that its trace never comes up.
 */
import {
  cordonAnnotation,
  holdAnnotation,
  newBlock,
  otherSlot,
  parseBootBlock,
  type AgentDeps,
  type AgentStatus,
  type ClusterCache,
  type Digest,
  type NodeView,
  type OperatorDeps,
  type Os,
  type OsInstance,
  type PodView,
} from '@kubeos/core';
import type { InvariantName } from '../invariants/violation.ts';
import type { Tampering } from '../world/world.ts';
import type { CallFault, TimedFault } from './catalogue.ts';
import { factoryImage, type Scenario } from './scenario.ts';

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

type NodeLie = (node: NodeView) => NodeView;
type InstanceLie = (instance: OsInstance) => OsInstance;
type OsLie = (os: Os) => Os;

interface Lies {
  readonly node?: NodeLie;
  readonly instance?: InstanceLie;
  readonly os?: OsLie;
}

const honest = <T>(value: T): T => value;

function orNone<T>(lie: (value: T) => T, value: T | undefined): T | undefined {
  return value === undefined ? undefined : lie(value);
}

function lyingCache(cache: ClusterCache, lies: Lies): ClusterCache {
  const { node = honest, instance = honest, os = honest } = lies;
  return {
    oses: () => [...cache.oses()].map(os),
    os: (uid) => orNone(os, cache.os(uid)),
    nodes: () => [...cache.nodes()].map(node),
    node: (name) => orNone(node, cache.node(name)),
    instances: () => [...cache.instances()].map(instance),
    instance: (name) => orNone(instance, cache.instance(name)),
    holdsOwnWrites: () => cache.holdsOwnWrites(),
  };
}

/** An operator that is told lies about objects, from its caches and from the API server alike. */
function lyingOperator(lies: Lies): Tampering {
  const { node = honest, instance = honest, os = honest } = lies;
  return {
    operator: (deps) => ({
      ...deps,
      cache: lyingCache(deps.cache, lies),
      api: {
        ...deps.api,
        getOs: async (namespace, name) => orNone(os, await deps.api.getOs(namespace, name)),
        getNode: async (name) => orNone(node, await deps.api.getNode(name)),
        getInstance: async (name) => orNone(instance, await deps.api.getInstance(name)),
        changeNode: async (about, change) => node(await deps.api.changeNode(about, change)),
      },
    }),
  };
}

function lyingPods(lie: (pods: readonly PodView[]) => readonly PodView[]): Tampering {
  return {
    operator: (deps: OperatorDeps) => ({
      ...deps,
      api: { ...deps.api, listPods: async (node) => lie(await deps.api.listPods(node)) },
    }),
  };
}

function without(annotations: NodeView['annotations'], name: string): NodeView['annotations'] {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== name));
}

/** Hashes that are answered from memory instead of from the slot. */
function rememberedDigests(): Tampering {
  const known = new Map<string, Digest>();
  return {
    agent: (deps: AgentDeps) => ({
      ...deps,
      slots: {
        ...deps.slots,
        async install(slot, payload, watch) {
          const installed = await deps.slots.install(slot, payload, watch);
          const { machineId } = await deps.machine.facts();
          known.set(`${machineId}/${slot}`, installed.slotDigest);
          return installed;
        },
        async digest(slot) {
          const { machineId } = await deps.machine.facts();
          return known.get(`${machineId}/${slot}`) ?? deps.slots.digest(slot);
        },
      },
    }),
  };
}

/** Arming makes the candidate the default at once, as upstream does. */
function armedForGood(sector: Uint8Array): Uint8Array {
  const block = parseBootBlock(sector);
  if (block.kind !== 'ok') return sector;
  const candidate = otherSlot(block.vars.good);
  if (block.vars.slots[candidate] !== 'trial') return sector;
  const slots = { A: 'good', B: 'good' } as const;
  const left = { A: 0, B: 0 };
  const vars = { ...block.vars, good: candidate, order: [candidate], slots, left };
  return newBlock(vars).subarray(0, sector.length);
}

function calmTrials(status: AgentStatus): AgentStatus {
  const calm = (slot: AgentStatus['slots']['A']): AgentStatus['slots']['A'] =>
    slot.state === 'trial' ? { ...slot, state: 'good' } : slot;
  const { operation } = status;
  return {
    ...status,
    slots: { A: calm(status.slots.A), B: calm(status.slots.B) },
    ...(operation === undefined ? {} : { operation }),
  };
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

/** A scenario whose first release has a flaw. */
function flawed(scenario: Scenario): Scenario {
  return { ...scenario, soundness: 0 };
}

/** The planted faults. */
export const mutations: readonly Mutation[] = [
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
    name: 'a hold that is not seen',
    breaks: 'HoldKept',
    timedFaults: ['held'],
    tampering: () =>
      lyingOperator({
        node: (node) => ({ ...node, annotations: without(node.annotations, holdAnnotation) }),
      }),
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
    timedFaults: ['sectorLost'],
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

function forgetFailures(instance: OsInstance): OsInstance {
  const { history } = instance.spec;
  if (history === undefined) return instance;
  const entries = history.entries.map((entry) => ({ ...entry, counted: false, activates: 0 }));
  return { ...instance, spec: { ...instance.spec, history: { ...history, entries } } };
}

/** The scenario of a seed, with the faults that the mutation needs and no others. */
export function adaptTo(mutation: Mutation): (scenario: Scenario) => Scenario {
  return (scenario) => {
    const chosen: Scenario = {
      ...scenario,
      callFaults: new Set(mutation.callFaults ?? []),
      timedFaults: mutation.timedFaults ?? [],
    };
    return mutation.adapt?.(chosen) ?? chosen;
  };
}
