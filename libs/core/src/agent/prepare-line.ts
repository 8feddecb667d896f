/** At most one Prepare at a time in this process: its start, its followers, its end. */
import type { OperationProgress } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import type { InstallWatch } from '../ports/node.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
import type { PrepareRequest } from './agent.ts';
import { carryOut, locked, type AgentContext } from './calls.ts';
import {
  contentProblem,
  decidePrepare,
  decidePrepared,
  decidePrepareFailed,
  decideRewrite,
  type FilledSlot,
  type FillRequest,
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
  /** Copies the running slot into the idle one; the last step comes before it counts as prepared. */
  copy(
    request: Omit<FillRequest, 'payload'>,
    lastStep: (world: KnownWorld) => Promise<void>,
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
  | { readonly kind: 'ok'; readonly slot: FilledSlot }
  | { readonly kind: 'failed'; readonly error: KubeosError };

/** What is done under the lock before a slot counts as prepared. */
type LastStep = (world: KnownWorld) => Promise<void>;

const nothingMore: LastStep = async () => undefined;

/** Builds the line; nothing runs yet. */
export function createPrepareLine(context: AgentContext): PrepareLine {
  const { deps, store, publisher } = context;
  let job: PrepareJob | undefined;

  async function begin(
    world: KnownWorld,
    request: FillRequest,
    lastStep: LastStep,
  ): Promise<Begun> {
    if (job?.id === request.id && job.seq === request.seq) return { kind: 'follow', job };
    const decision = decidePrepare(world, request);
    if (decision.kind === 'decided') {
      return { kind: 'over', answer: await carryOut(context, world, decision) };
    }
    // The slot that a rollback would go to is not given up for what cannot be had.
    if (decision.recheck === undefined && request.payload !== undefined) {
      await deps.slots.check(request.payload);
    }
    if (job !== undefined) return { kind: 'stopFirst' };
    await store.apply(world, decision.change);
    job = start(request, decision, lastStep);
    return { kind: 'follow', job };
  }

  function start(request: FillRequest, begun: PrepareStart, lastStep: LastStep): PrepareJob {
    return startPrepareJob({
      id: request.id,
      seq: request.seq,
      clock: deps.clock,
      log: deps.log,
      work: (watch) => work(request, begun, watch, lastStep),
      onProgress: () => {
        publisher.publishSoon();
      },
      onEnd: () => {
        job = undefined;
      },
    });
  }

  async function work(
    request: FillRequest,
    begun: PrepareStart,
    watch: InstallWatch,
    lastStep: LastStep,
  ): Promise<PhaseAnswer> {
    const filled = await fill(request, begun, watch);
    if (filled.kind === 'failed' && filled.error.code === 'CANCELLED') throw filled.error;
    return locked(context, async (world) => {
      const ended = filled.kind === 'ok' ? await finish(world, filled, lastStep) : filled;
      return carryOut(context, world, judge(world, request, ended));
    });
  }

  async function finish(world: KnownWorld, filled: Filled, lastStep: LastStep): Promise<Filled> {
    try {
      await lastStep(world);
      return filled;
    } catch (thrown) {
      return { kind: 'failed', error: KubeosError.from(thrown) };
    }
  }

  async function fill(
    request: FillRequest,
    begun: PrepareStart,
    watch: InstallWatch,
  ): Promise<Filled> {
    try {
      const kept = await recheck(request, begun, watch);
      return { kind: 'ok', slot: kept ?? (await install(request, begun, watch)) };
    } catch (thrown) {
      return { kind: 'failed', error: reasonOf(watch.signal) ?? KubeosError.from(thrown) };
    }
  }

  /** What the slot holds already, if it still is what was prepared; else the slot is taken out of use. */
  async function recheck(
    request: FillRequest,
    { slot, recheck: slotDigest }: PrepareStart,
    watch: InstallWatch,
  ): Promise<FilledSlot | undefined> {
    if (slotDigest === undefined) return undefined;
    if ((await deps.slots.digest(slot, watch)) === slotDigest) {
      return { ...(await payloadDigestOf(request)), slotDigest };
    }
    await locked(context, async (world) => {
      const decision = decideRewrite(world, request);
      if (decision.kind === 'decided') return carryOut(context, world, decision);
      return store.apply(world, decision.change);
    });
    return undefined;
  }

  async function install(
    request: FillRequest,
    { slot }: PrepareStart,
    watch: InstallWatch,
  ): Promise<FilledSlot> {
    const { payload, version } = request;
    await deps.slots.invalidate(slot);
    watch.signal.throwIfAborted();
    const filled: FilledSlot =
      payload === undefined
        ? { ...(await payloadDigestOf(request)), slotDigest: await deps.slots.copy(slot, watch) }
        : await deps.slots.install(slot, payload, watch);
    const problem = contentProblem(await deps.slots.inspect(slot), version);
    if (problem === undefined) return filled;
    await deps.slots.invalidate(slot);
    throw problem;
  }

  /** A copy comes from where the running slot came from. */
  async function payloadDigestOf({
    payload,
  }: FillRequest): Promise<Pick<FilledSlot, 'payloadDigest'>> {
    if (payload !== undefined) return { payloadDigest: payload.digest };
    const { facts, record } = await store.look();
    const { payloadDigest } = facts.bootedSlot === undefined ? {} : record.slots[facts.bootedSlot];
    return payloadDigest === undefined ? {} : { payloadDigest };
  }

  async function run(
    request: FillRequest,
    lastStep: LastStep,
    onProgress: (progress: OperationProgress) => void,
    signal: AbortSignal,
  ): Promise<PhaseAnswer> {
    await publisher.checkDisk();
    for (;;) {
      const begun = await locked(context, (world) => begin(world, request, lastStep));
      if (begun.kind === 'over') return begun.answer;
      if (begun.kind === 'follow') return begun.job.attach(onProgress, signal);
      await job?.stop();
    }
  }

  return {
    prepare: (request, onProgress, signal) => run(request, nothingMore, onProgress, signal),
    copy: (request, lastStep) =>
      run(request, lastStep, () => undefined, new AbortController().signal),
    current: () => job,
    async stop() {
      await job?.stop();
    },
  };
}

function judge(world: KnownWorld, request: FillRequest, filled: Filled): Decision {
  return filled.kind === 'ok'
    ? decidePrepared(world, request, filled.slot)
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
