/** Publishes the snapshot, one at a time across processes, and counts a new revision only when something has changed. */
import * as z from 'zod/mini';
import type { AgentStatus, AgentWarning, OperationProgress } from '../api/agent-status.ts';
import { slotNames, type SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { AgentDeps } from './agent.ts';
import type { NodeStore } from './node-store.ts';
import { parseJson } from './record.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import { settingsStatusOf, settingsTrouble } from './settings/settings-status.ts';
import type { SettingsKeeper } from './settings/settle-settings.ts';
import { statusOf, type LiveFacts } from './status-of.ts';
import type { World } from './world.ts';

/** The one place that puts the status together and publishes it. */
export interface Publisher {
  /** The status as of now, published when it differs from what is published. */
  publish(): Promise<AgentStatus>;
  /** The status as of now; nothing is published, and its revision is the one that is. */
  look(): Promise<AgentStatus>;
  /** Publishes in the background, at most once a second; failures are logged. */
  publishSoon(): void;
  /** Makes sure that the slots are those of this node's disk. Throws `AMBIGUOUS_DISK`, `SLOT_NOT_FOUND`. */
  checkDisk(): Promise<void>;
}

/** What is going on in this process. */
export type CurrentWork = () =>
  { readonly seq: number; readonly progress: OperationProgress } | undefined;

/** Where the facts come from. */
export interface PublisherSources {
  readonly store: NodeStore;
  readonly settings: SettingsStore;
  readonly keeper: SettingsKeeper;
}

/** What is so, and what is published. */
interface Seen {
  readonly world: World;
  readonly body: Omit<AgentStatus, 'revision'>;
  readonly published: Published | undefined;
}

interface Published {
  readonly bootId: string;
  readonly revision: number;
  /** Everything else, as text. */
  readonly body: string;
}

const Snapshot = z.object({ bootId: z.string(), revision: z.int().check(z.minimum(0)) });

const progressPauseMs = 1000;

/** Builds the publisher; nothing is published yet. */
export function createPublisher(
  deps: AgentDeps,
  { store, settings, keeper }: PublisherSources,
  currentWork: CurrentWork,
): Publisher {
  const sizes: Partial<Record<SlotName, number>> = {};
  let diskTrouble: AgentWarning | undefined;
  let revision = 0;
  let read: { readonly text: string | undefined; readonly published: Published | undefined } = {
    text: undefined,
    published: undefined,
  };
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

  async function see(): Promise<Seen> {
    const world = await store.look();
    const progress = currentWork();
    const { machineId, bootId } = world.facts;
    const state = await settings.look(machineId);
    const live: LiveFacts = {
      ...(progress === undefined ? {} : { progress }),
      sizes,
      settings: settingsStatusOf(state, bootId),
      troubles: [diskTrouble, store.trouble(), keeper.trouble() ?? settingsTrouble(state)].filter(
        (trouble) => trouble !== undefined,
      ),
    };
    return { world, body: statusOf(world, live, deps), published: await readPublished() };
  }

  /** What cannot be read is written anew. */
  async function readPublished(): Promise<Published | undefined> {
    try {
      const text = await deps.snapshot.read();
      if (read.text !== text) read = { text, published: publishedIn(text) };
      return read.published;
    } catch (error) {
      deps.log.warn({ error }, 'Could not read the snapshot');
      return undefined;
    }
  }

  /** Above every revision of this boot, whichever process counted it: uptime also where the file is gone. */
  function nextRevision({ world, published }: Seen): number {
    const { facts, uptimeSeconds } = world;
    const before = published?.bootId === facts.bootId ? published.revision : 0;
    revision = Math.max(revision, before, Math.floor(uptimeSeconds * 1000) - 1) + 1;
    return revision;
  }

  async function publishNow(): Promise<AgentStatus> {
    await measureOnce();
    const seen = await see();
    const known = publishedStatus(seen);
    if (known !== undefined) return known;
    try {
      return await deps.publishLock.exclusively(replace);
    } catch (error) {
      deps.log.error({ error }, 'Could not publish the snapshot');
      return { ...seen.body, revision: nextRevision(seen) };
    }
  }

  /** Under the lock everything is read again: another process may have published what is newer than what was seen. */
  async function replace(): Promise<AgentStatus> {
    const seen = await see();
    const known = publishedStatus(seen);
    if (known !== undefined) return known;
    const status: AgentStatus = { ...seen.body, revision: nextRevision(seen) };
    publishedMs = deps.clock.now().monotonicMs;
    await deps.snapshot.publish(JSON.stringify(status));
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
    async look() {
      await measureOnce();
      const { body, published } = await see();
      return { ...body, revision: published?.revision ?? 0 };
    },
    publishSoon() {
      if (deps.clock.now().monotonicMs - publishedMs < progressPauseMs) return;
      publishedMs = deps.clock.now().monotonicMs;
      void publish();
    },
    checkDisk,
  };
}

function publishedIn(text = ''): Published | undefined {
  const value = parseJson(text);
  if (!isSnapshot(value)) return undefined;
  const { revision, ...body } = value;
  return { bootId: body.bootId, revision, body: JSON.stringify(body) };
}

/** Looks at two members only, and leaves all in their order. */
function isSnapshot(value: unknown): value is z.output<typeof Snapshot> {
  return Snapshot.safeParse(value).success;
}

/** The status with its revision, where it is published as it is. */
function publishedStatus({ body, published }: Seen): AgentStatus | undefined {
  return published?.body === JSON.stringify(body)
    ? { ...body, revision: published.revision }
    : undefined;
}
