/** Ports that lie, for faults planted in the guards of the invariants. */
import {
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
import type { Tampering } from '../world/world.ts';

type NodeLie = (node: NodeView) => NodeView;
type InstanceLie = (instance: OsInstance) => OsInstance;
type OsLie = (os: Os) => Os;

/** What an operator is told of objects instead of the truth. */
export interface Lies {
  readonly node?: NodeLie;
  readonly instance?: InstanceLie;
  readonly os?: OsLie;
}

const honest = <T>(value: T): T => value;

function orNone<T>(lie: (value: T) => T, value: T | undefined): T | undefined {
  return value === undefined ? undefined : lie(value);
}

/** A cache that tells lies about objects. */
export function lyingCache(cache: ClusterCache, lies: Lies): ClusterCache {
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
export function lyingOperator(lies: Lies): Tampering {
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

/** An operator that is told lies about pods. */
export function lyingPods(lie: (pods: readonly PodView[]) => readonly PodView[]): Tampering {
  return {
    operator: (deps: OperatorDeps) => ({
      ...deps,
      api: { ...deps.api, listPods: async (node) => lie(await deps.api.listPods(node)) },
    }),
  };
}

/** An operator to whom every look at a Lease shows another renewal. */
export function renewingLeases(): Tampering {
  let looks = 0;
  return {
    operator: (deps) => ({
      ...deps,
      api: {
        ...deps.api,
        async getNodeLease(node) {
          const text = await deps.api.getNodeLease(node);
          looks += 1;
          return text === undefined ? undefined : `${text} look ${String(looks)}`;
        },
      },
    }),
  };
}

/** An operator whose waits are over in a tenth of their time. */
export function hastyClock(): Tampering {
  return {
    operator: (deps) => ({
      ...deps,
      clock: {
        ...deps.clock,
        now: () => {
          const { wallMs, monotonicMs } = deps.clock.now();
          return { wallMs, monotonicMs: 10 * monotonicMs };
        },
      },
    }),
  };
}

/** Slots whose content is always of the version that was announced for it. */
export function announcedVersions(): Tampering {
  return {
    agent: (deps) => ({
      ...deps,
      slots: {
        ...deps.slots,
        async inspect(slot) {
          const { version, ...content } = await deps.slots.inspect(slot);
          return version === undefined
            ? content
            : { ...content, version: version.replace('-rc', '') };
        },
      },
    }),
  };
}

/** A Node that seems not to be on hold. */
export function withoutHold(node: NodeView): NodeView {
  const others = Object.entries(node.annotations).filter(([key]) => key !== holdAnnotation);
  return { ...node, annotations: Object.fromEntries(others) };
}

/** An object that seems to be valid at any time. */
export function withoutWindow(os: Os): Os {
  if (os.spec === undefined) return os;
  const { timeWindow: _window, ...spec } = os.spec;
  return { ...os, spec };
}

/** Hashes that are answered from memory instead of from the slot. */
export function rememberedDigests(): Tampering {
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
export function armedForGood(sector: Uint8Array): Uint8Array {
  const block = parseBootBlock(sector);
  if (block.kind !== 'ok') return sector;
  const candidate = otherSlot(block.vars.good);
  if (block.vars.slots[candidate] !== 'trial') return sector;
  const slots = { A: 'good', B: 'good' } as const;
  const left = { A: 0, B: 0 };
  const vars = { ...block.vars, good: candidate, order: [candidate], slots, left };
  return newBlock(vars).subarray(0, sector.length);
}

/** A status in which a slot on trial looks confirmed. */
export function calmTrials(status: AgentStatus): AgentStatus {
  const calm = (slot: AgentStatus['slots']['A']): AgentStatus['slots']['A'] =>
    slot.state === 'trial' ? { ...slot, state: 'good' } : slot;
  const { operation } = status;
  return {
    ...status,
    slots: { A: calm(status.slots.A), B: calm(status.slots.B) },
    ...(operation === undefined ? {} : { operation }),
  };
}

/** An instance on which no failure counts. */
export function forgetFailures(instance: OsInstance): OsInstance {
  const { history } = instance.spec;
  if (history === undefined) return instance;
  const entries = history.entries.map((entry) => ({ ...entry, counted: false, activates: 0 }));
  return { ...instance, spec: { ...instance.spec, history: { ...history, entries } } };
}
