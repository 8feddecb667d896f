/** At most one Prepare at a time in this process: its start, its followers, its end. */
import type { OperationProgress } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import type { InstalledPayload, InstallWatch } from '../ports/node.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
import type { PrepareRequest } from './agent.ts';
import { carryOut, locked, type AgentContext } from './calls.ts';
import {
  contentProblem,
  decidePrepare,
  decidePrepared,
  decidePrepareFailed,
  decideRewrite,
  type PrepareStart,
} from './decide-prepare.ts';
import type { Decision } from './decision.ts';
import { startPrepareJob, type PrepareJob } from './prepare-job.ts';
import type { KnownWorld } from './world.ts';

/** The Prepare of this process. */
export interface PrepareLine {
  prepare(
    request: PrepareRequest,
    onProgress: (progress: OperationProgress) => void,
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  /** The job going on, if any. */
  current(): PrepareJob | undefined;
  /** Ends the job; nothing is written for it any more. Throws `BUSY` when it does not react. */
  stop(): Promise<void>;
}

/** What came of a look under the lock. */
type Begun =
  | { readonly kind: 'follow'; readonly job: PrepareJob }
  | { readonly kind: 'over'; readonly answer: PhaseAnswer }
  /** Another operation is at work and has to end first. */
  | { readonly kind: 'stopFirst' };

type Filled =
  | { readonly kind: 'ok'; readonly installed: InstalledPayload }
  | { readonly kind: 'failed'; readonly error: KubeosError };

/** Builds the line; nothing runs yet. */
export function createPrepareLine(context: AgentContext): PrepareLine {
  const { deps, store, publisher } = context;
  let job: PrepareJob | undefined;

  async function begin(world: KnownWorld, request: PrepareRequest): Promise<Begun> {
    if (job?.id === request.id && job.seq === request.seq) return { kind: 'follow', job };
    const decision = decidePrepare(world, request);
    if (decision.kind === 'decided') {
      return { kind: 'over', answer: await carryOut(context, world, decision) };
    }
    // The slot that a rollback would go to is not given up for what cannot be had.
    if (decision.recheck === undefined) await deps.slots.check(request.payload);
    if (job !== undefined) return { kind: 'stopFirst' };
    await store.apply(world, decision.change);
    job = start(request, decision);
    return { kind: 'follow', job };
  }

  function start(request: PrepareRequest, begun: PrepareStart): PrepareJob {
    return startPrepareJob({
      id: request.id,
      seq: request.seq,
      clock: deps.clock,
      log: deps.log,
      work: (watch) => work(request, begun, watch),
      onProgress: () => {
        publisher.publishSoon();
      },
      onEnd: () => {
        job = undefined;
      },
    });
  }

  async function work(
    request: PrepareRequest,
    begun: PrepareStart,
    watch: InstallWatch,
  ): Promise<PhaseAnswer> {
    const filled = await fill(request, begun, watch);
    if (filled.kind === 'failed' && filled.error.code === 'CANCELLED') throw filled.error;
    return locked(context, (world) => carryOut(context, world, judge(world, request, filled)));
  }

  async function fill(
    request: PrepareRequest,
    begun: PrepareStart,
    watch: InstallWatch,
  ): Promise<Filled> {
    try {
      const kept = await recheck(request, begun, watch);
      const installed = kept ?? (await install(request, begun, watch));
      return { kind: 'ok', installed };
    } catch (thrown) {
      return { kind: 'failed', error: reasonOf(watch.signal) ?? KubeosError.from(thrown) };
    }
  }

  /** What the slot holds already, if it still is what was prepared; else the slot is taken out of use. */
  async function recheck(
    { payload, ...request }: PrepareRequest,
    { slot, recheck: slotDigest }: PrepareStart,
    watch: InstallWatch,
  ): Promise<InstalledPayload | undefined> {
    if (slotDigest === undefined) return undefined;
    if ((await deps.slots.digest(slot, watch)) === slotDigest) {
      return { payloadDigest: payload.digest, slotDigest };
    }
    await locked(context, async (world) => {
      const decision = decideRewrite(world, { ...request, payload });
      if (decision.kind === 'decided') return carryOut(context, world, decision);
      return store.apply(world, decision.change);
    });
    return undefined;
  }

  async function install(
    { payload, version }: PrepareRequest,
    { slot }: PrepareStart,
    watch: InstallWatch,
  ): Promise<InstalledPayload> {
    await deps.slots.invalidate(slot);
    watch.signal.throwIfAborted();
    const installed = await deps.slots.install(slot, payload, watch);
    const problem = contentProblem(await deps.slots.inspect(slot), version);
    if (problem === undefined) return installed;
    await deps.slots.invalidate(slot);
    throw problem;
  }

  return {
    async prepare(request, onProgress, signal) {
      await publisher.checkDisk();
      for (;;) {
        const begun = await locked(context, (world) => begin(world, request));
        if (begun.kind === 'over') return begun.answer;
        if (begun.kind === 'follow') return begun.job.attach(onProgress, signal);
        await job?.stop();
      }
    },
    current: () => job,
    async stop() {
      await job?.stop();
    },
  };
}

function judge(world: KnownWorld, request: PrepareRequest, filled: Filled): Decision {
  return filled.kind === 'ok'
    ? decidePrepared(world, request, filled.installed)
    : decidePrepareFailed(world, request, filled.error);
}

/** Why the work was ended, where it did not fail by itself. */
function reasonOf(signal: AbortSignal): KubeosError | undefined {
  if (!signal.aborted) return undefined;
  try {
    signal.throwIfAborted();
    return undefined;
  } catch (reason) {
    return KubeosError.from(reason);
  }
}
