/** The node as the agent reaches it: everything in memory, gone for a process that was killed. */
import {
  KubeosError,
  otherSlot,
  type AgentCapability,
  type AgentDeps,
  type BootWhy,
  type Clock,
  type Log,
  type SlotName,
} from '@kubeos/core';
import type { FastDisk } from './disk.ts';
import type { FastImage, FastImageServer } from './images.ts';
import { createSettingsPorts } from './settings-ports.ts';

/** One boot of a fast node. */
export interface FastBoot {
  readonly bootId: string;
  readonly slot: SlotName;
  readonly why: BootWhy;
  readonly image: FastImage;
}

/** What the ports of one boot reach. */
export interface AgentPortsOptions {
  readonly boot: FastBoot;
  readonly machineId: string;
  readonly agentVersion: string;
  readonly capabilities: readonly AgentCapability[];
  readonly disk: FastDisk;
  readonly images: FastImageServer;
  readonly clock: Clock;
  readonly log: Log;
  /** The boot is over: what still runs of it reaches nothing any more. */
  readonly over: AbortSignal;
  readonly uptimeSeconds: () => number;
  readonly isRebooting: () => boolean;
  readonly orderReboot: () => void;
  readonly readPublished: () => Promise<string | undefined>;
  readonly publish: (text: string) => Promise<void>;
  /** Folder of the files of the node. */
  readonly root: string;
  /** Starts the kubelet anew; what speaks against it, or `undefined`. */
  readonly restartKubelet: () => Promise<string | undefined>;
  /** Uptime at which the kubelet was started; `undefined` while it does not run. */
  readonly kubeletStartedSeconds: () => number | undefined;
}

/** Does something to the machine, while it is up. */
type Reach = <T>(effect: () => T | Promise<T>) => Promise<T>;

const slotBytes = 64 * 1_048_576;
const blockBytes = 1024;

/** Builds the ports of one boot. */
export function createAgentPorts(options: AgentPortsOptions): AgentDeps {
  const { boot, disk, log, clock } = options;
  const reach: Reach = async (effect) => {
    if (options.over.aborted) throw new KubeosError('CANCELLED', 'The machine went down');
    return effect();
  };
  return {
    env: {
      read: () => reach(() => disk.block),
      writeSector: (sector) =>
        reach(() => {
          const next = Uint8Array.from(disk.block ?? new Uint8Array(blockBytes));
          next.set(sector);
          disk.block = next;
        }),
      replace: (block) => reach(() => void (disk.block = Uint8Array.from(block))),
    },
    state: {
      read: () => reach(() => disk.state),
      write: (text) => reach(() => void (disk.state = text)),
    },
    snapshot: {
      read: () => reach(() => options.readPublished()),
      publish: (text) => reach(() => options.publish(text)),
    },
    machine: {
      facts: () =>
        reach(() => ({
          bootId: boot.bootId,
          bootedSlot: boot.slot,
          why: boot.why,
          version: boot.image.version,
          machineId: options.machineId,
        })),
      uptimeSeconds: () => reach(options.uptimeSeconds),
      reboot: () => reach(options.orderReboot),
      isRebooting: () => reach(options.isRebooting),
      previousJournalTail: () => reach(() => undefined),
    },
    // Every boot of a fast node runs passes all the time.
    timer: { start: () => reach(() => undefined), stop: () => reach(() => undefined) },
    slots: createSlots(options, reach),
    settings: createSettingsPorts({ ...options, reach }),
    lock: { exclusively: createLock() },
    publishLock: { exclusively: createLock() },
    clock: {
      now: () => clock.now(),
      // The waits of a process end with it.
      sleep: (milliseconds, signal) =>
        clock.sleep(milliseconds, AbortSignal.any([options.over, ...(signal ? [signal] : [])])),
    },
    log,
    agentVersion: options.agentVersion,
    capabilities: options.capabilities,
  };
}

function createSlots({ disk, images }: AgentPortsOptions, reach: Reach): AgentDeps['slots'] {
  const emptyDigest = `sha256:${'0'.repeat(64)}` as const;
  return {
    sizeBytes: () => reach(() => slotBytes),
    check: () => reach(() => undefined),
    inspect: (slot) =>
      reach(() => {
        const held = disk.slots[slot];
        if (held === undefined) return { sizeBytes: slotBytes, hasAgent: false };
        return { sizeBytes: slotBytes, version: held.version, hasAgent: held.hasAgent };
      }),
    digest: (slot) => reach(() => disk.slots[slot]?.slotDigest ?? emptyDigest),
    invalidate: (slot) => reach(() => void (disk.slots[slot] = undefined)),
    async install(slot, payload, watch) {
      await reach(() => void (disk.slots[slot] = undefined));
      const image = await images.fetch(payload, watch);
      await reach(() => void (disk.slots[slot] = image));
      return { payloadDigest: image.digest, slotDigest: image.slotDigest };
    },
    copy: (slot) =>
      reach(() => {
        const image = disk.slots[otherSlot(slot)];
        disk.slots[slot] = image;
        return image?.slotDigest ?? emptyDigest;
      }),
  };
}

function createLock(): AgentDeps['lock']['exclusively'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
