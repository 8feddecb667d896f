/** Publishes the snapshot, one at a time, and counts a new revision only when something has changed. */
import type { AgentStatus, AgentWarning, OperationProgress } from '../api/agent-status.ts';
import { slotNames, type SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { AgentDeps } from './agent.ts';
import type { NodeStore } from './node-store.ts';
import { statusOf } from './status-of.ts';

/** The one place that puts the status together and publishes it. */
export interface Publisher {
  /** The status as of now, published when it differs from the last one. */
  publish(): Promise<AgentStatus>;
  /** The same in the background, at most once a second; failures are logged. */
  publishSoon(): void;
  /** Makes sure that the slots are those of this node's disk. Throws `AMBIGUOUS_DISK`, `SLOT_NOT_FOUND`. */
  checkDisk(): Promise<void>;
}

/** What is going on in this process. */
export type CurrentWork = () =>
  { readonly seq: number; readonly progress: OperationProgress } | undefined;

const progressPauseMs = 1000;

/** Builds the publisher; nothing is published yet. */
export function createPublisher(
  deps: AgentDeps,
  store: NodeStore,
  currentWork: CurrentWork,
): Publisher {
  const sizes: Partial<Record<SlotName, number>> = {};
  let diskTrouble: AgentWarning | undefined;
  let last: { readonly text: string; readonly status: AgentStatus } | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let publishedMs = -Infinity;

  async function checkDisk(): Promise<void> {
    try {
      for (const slot of slotNames) sizes[slot] = await deps.slots.sizeBytes(slot);
      diskTrouble = undefined;
    } catch (thrown) {
      const error = KubeosError.from(thrown);
      if (error.code === 'AMBIGUOUS_DISK') {
        diskTrouble = { reason: 'AmbiguousDisk', message: error.message };
      }
      throw error;
    }
  }

  async function measureOnce(): Promise<void> {
    if (sizes.A !== undefined && sizes.B !== undefined && diskTrouble === undefined) return;
    try {
      await checkDisk();
    } catch (error) {
      deps.log.warn({ error }, 'Could not measure the slots');
    }
  }

  async function publishNow(): Promise<AgentStatus> {
    await measureOnce();
    const world = await store.look();
    const progress = currentWork();
    const troubles = [diskTrouble, store.trouble()].filter((trouble) => trouble !== undefined);
    const live = { ...(progress === undefined ? {} : { progress }), sizes, troubles };
    const body = statusOf(world, live, deps);
    const text = JSON.stringify(body);
    if (last?.text === text) return last.status;
    const status: AgentStatus = { ...body, revision: store.nextRevision(world) };
    last = { text, status };
    publishedMs = deps.clock.now().monotonicMs;
    try {
      await deps.snapshot.publish(JSON.stringify(status));
    } catch (error) {
      last = undefined;
      deps.log.error({ error }, 'Could not publish the snapshot');
    }
    return status;
  }

  function publish(): Promise<AgentStatus> {
    const next = queue.then(publishNow);
    queue = next.catch((error: unknown) => {
      deps.log.error({ error }, 'Could not put the status together');
    });
    return next;
  }

  return {
    publish,
    publishSoon() {
      if (deps.clock.now().monotonicMs - publishedMs < progressPauseMs) return;
      publishedMs = deps.clock.now().monotonicMs;
      void publish();
    },
    checkDisk,
  };
}
