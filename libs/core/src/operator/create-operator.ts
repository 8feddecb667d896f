/** The operator's loop: observe, decide, act, report, for one `OS` or one node at a time. */
import { errorKinds, KubeosError } from '../errors/index.ts';
import type { Requeue } from '../lifecycle/requeue.ts';
import { Fleet } from '../rollout/fleet.ts';
import { leadingApi } from './leading-api.ts';
import { keyText, type ClusterChange, type ReconcileKey } from './keys.ts';
import type { OperatorContext, OperatorDeps, OperatorMemory } from './context.ts';
import type { ClusterCache } from '../ports/cluster.ts';
import { nodePass } from './node-pass.ts';
import { osPass } from './os-pass.ts';
import { SinceBook } from './since-book.ts';

/** Seconds after which a pass that the API server refused is tried again. */
const refusedSeconds = 60;
/** Milliseconds without an answer of the API server after which no trial counts as followed any more. */
const outageMs = 60_000;

/** The loop as an app or the simulator drives it. */
export interface OperatorLoop {
  /**
   * Begins a term: lists everything consistently and starts every wait anew.
   *
   * @returns every key there is; the caller reconciles them all.
   */
  lead(): Promise<readonly ReconcileKey[]>;
  /** One pass over one key; never two at once over the same key. Throws only what `requeueAfter` understands. */
  reconcile(key: ReconcileKey): Promise<Requeue>;
  /** What has to be looked at after a change that the caches hold by now. Call it for every change. */
  keysOf(change: ClusterChange): readonly ReconcileKey[];
}

/** Wires the loop to its ports. */
export function createOperator(deps: OperatorDeps): OperatorLoop {
  const memory = newMemory();
  const fleet = new Fleet(deps.cache);
  const outage = followOutages(deps, memory);
  const contextOf = (term: number): OperatorContext => ({
    cache: deps.cache,
    api: leadingApi(deps.api, deps.leadership, term, outage),
    clock: deps.clock,
    log: deps.log,
    settings: deps.settings,
    fleet,
    memory,
    term,
  });
  let current: OperatorContext | undefined;
  /** A pass keeps the context that it began with: what it has seen is of that term. */
  const contextNow = (): OperatorContext => {
    const term = deps.leadership.term();
    if (current?.term !== term) current = contextOf(term);
    return current;
  };
  const allKeys = (): readonly ReconcileKey[] => [
    ...[...deps.cache.oses()].map(({ uid }) => ({ kind: 'os' as const, uid })),
    ...nodeNames(deps).map((name) => ({ kind: 'node' as const, name })),
  ];
  return {
    async lead() {
      forgetAll(memory);
      await contextNow().api.refresh();
      fleet.invalidate();
      return allKeys();
    },
    async reconcile(key) {
      if (!deps.leadership.isLeading()) return { kind: 'onChange' };
      const context = contextNow();
      try {
        return key.kind === 'os'
          ? await osPass(context, key.uid)
          : await nodePass(context, key.name);
      } catch (error) {
        return requeueAfter(context, key, KubeosError.from(error));
      }
    },
    keysOf: (change) => keysOf(deps, fleet, change),
  };
}

function nodeNames({ cache }: OperatorDeps): readonly string[] {
  const names = new Set<string>();
  for (const { name } of cache.nodes()) names.add(name);
  for (const { name } of cache.instances()) names.add(name);
  return [...names];
}

function keysOf(
  { cache }: OperatorDeps,
  fleet: Fleet,
  change: ClusterChange,
): readonly ReconcileKey[] {
  if (change.kind === 'os') return keysOfOs(cache, fleet, change.uid);
  const before = fleet.osesOf(change.name);
  fleet.touch(change.name);
  const uids = new Set([...before, ...fleet.osesOf(change.name)]);
  return [
    { kind: 'node', name: change.name },
    ...[...uids].map((uid): ReconcileKey => ({ kind: 'os', uid })),
  ];
}

/** A change of one object's spec can move nodes between all objects; a change of its status concerns it alone. */
function keysOfOs(cache: ClusterCache, fleet: Fleet, uid: string): readonly ReconcileKey[] {
  if (!fleet.touchOs(uid, cache.os(uid))) return [{ kind: 'os', uid }];
  const keys: ReconcileKey[] = [...new Set([uid, ...fleet.oses().map((os) => os.uid)])].map(
    (one) => ({ kind: 'os', uid: one }),
  );
  for (const { name, spec } of cache.instances()) {
    if (spec.operation?.osUid === uid) keys.push({ kind: 'node', name });
  }
  return keys;
}

/** Failures of a pass decide how it is looked at again; a conflict is the normal course of guarded writes. */
function requeueAfter(context: OperatorContext, key: ReconcileKey, error: KubeosError): Requeue {
  const fields = { key: keyText(key), code: error.code, error: error.message, ...error.details };
  const { requeue } = errorKinds[error.kind];
  if (key.kind === 'node' && requeue !== 'soon') {
    context.memory.workReasons.set(key.name, { reason: error.reason, message: error.message });
  }
  switch (requeue) {
    case 'soon':
      context.log.debug(fields, 'Looking again');
      return { kind: 'after', seconds: 1 };
    case 'backoff':
      context.log.warn(fields, 'Pass failed');
      return { kind: 'backoff', attempt: 1 };
    case 'onChange':
      context.log.error(fields, 'Pass refused');
      if (error.code === 'CRD_OUTDATED') return outdated(context, key);
      // A refusal by the API server (RBAC above all) is mended without an event that we would see.
      return { kind: 'after', seconds: refusedSeconds };
  }
}

/** What was written did not come back: whatever the CRDs say of themselves, the next passes only tell that. */
function outdated({ memory, clock }: OperatorContext, key: ReconcileKey): Requeue {
  memory.served = { revision: 0, atMs: clock.now().monotonicMs };
  return { kind: 'after', seconds: key.kind === 'os' ? 1 : refusedSeconds };
}

function newMemory(): OperatorMemory {
  return {
    since: new SinceBook(),
    workReasons: new Map(),
    passedOver: new Map(),
    evicting: new Set(),
    witnessed: new Set(),
    leases: new Map(),
    epochs: new Map(),
    freed: new Set(),
    unreadable: new Set(),
    fleetPasses: new Map(),
    statusWrites: new Map(),
    words: new Map(),
    toldWaits: new Map(),
    waits: new Map(),
    unkept: new Map(),
    served: undefined,
  };
}

function forgetAll(memory: OperatorMemory): void {
  memory.since.clear();
  memory.workReasons.clear();
  memory.passedOver.clear();
  memory.evicting.clear();
  memory.witnessed.clear();
  memory.leases.clear();
  memory.epochs.clear();
  memory.freed.clear();
  memory.unreadable.clear();
  memory.fleetPasses.clear();
  memory.statusWrites.clear();
  memory.words.clear();
  memory.toldWaits.clear();
  memory.waits.clear();
  memory.unkept.clear();
  memory.served = undefined;
}

/** Notes each answer of the API server; after a long silence what happened meanwhile was not followed. */
function followOutages(
  { clock }: OperatorDeps,
  memory: OperatorMemory,
): (answered: boolean) => void {
  let silentSinceMs: number | undefined;
  return (answered) => {
    const { monotonicMs } = clock.now();
    if (!answered) {
      silentSinceMs ??= monotonicMs;
      return;
    }
    if (silentSinceMs !== undefined && monotonicMs - silentSinceMs >= outageMs) {
      memory.witnessed.clear();
    }
    silentSinceMs = undefined;
  };
}
