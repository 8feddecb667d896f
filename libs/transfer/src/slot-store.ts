import {
  KubeosError,
  otherSlot,
  type ImageType,
  type InstalledPayload,
  type InstallWatch,
  type Payload,
  type SlotName,
  type SlotStore,
} from '@kubeos/core';
import { inspectSlot, releaseDevice, type SlotDevice, type SlotDevices } from '@kubeos/host';
import { peek } from './byte-stream.ts';
import { copySlot } from './copy-slot.ts';
import { decode } from './decode.ts';
import {
  contentHeaderBytes,
  encodingHeaderBytes,
  recogniseContent,
  recogniseEncoding,
} from './format.ts';
import { installImage } from './install-image.ts';
import { installTar } from './install-tar.ts';
import { containerdSource } from './engine/containerd-source.ts';
import { dockerSource } from './engine/docker-source.ts';
import { diskSource } from './payload/disk-source.ts';
import { ociSource } from './payload/oci-source.ts';
import type { PayloadSource, SourceDeps } from './payload/source.ts';
import { createProgress } from './progress.ts';
import { digestSlot, wipeHead } from './slot-bytes.ts';

/** What a slot store works with. */
export interface SlotStoreDeps extends SourceDeps {
  readonly slots: SlotDevices;
  /** A folder of our own for mount points; nobody else mounts there. */
  readonly mountDir: string;
}

/** The root slots of this node, filled with payloads of every type. */
export function createSlotStore(deps: SlotStoreDeps): SlotStore {
  const writable = async (slot: SlotName): Promise<SlotDevice> => {
    const device = await deps.slots.find(slot);
    await releaseDevice(deps.exec, device, deps.mountDir);
    return device;
  };
  return {
    sizeBytes: async (slot) => (await deps.slots.find(slot)).sizeBytes,
    check: async (payload) => {
      await sources[payload.imageType].check(payload, deps);
    },
    inspect: async (slot) => inspectSlot(deps.exec, await deps.slots.find(slot)),
    digest: async (slot, watch) => {
      const device = await deps.slots.find(slot);
      if (watch === undefined) return digestSlot(device);
      const progress = createProgress(watch, deps.clock);
      return digestSlot(device, { signal: watch.signal, progress });
    },
    invalidate: async (slot) => wipeHead(await writable(slot)),
    install: async (slot, payload, watch) => {
      const device = await writable(slot);
      return filling(device, watch, () => install(deps, device, slot, payload, watch));
    },
    copy: async (slot, watch) => {
      const source = await deps.slots.find(otherSlot(slot));
      const device = await writable(slot);
      return filling(device, watch, () => copySlot(source, device, watch, deps.clock));
    },
  };
}

/** The slot cannot be loaded unless the work ends well. */
async function filling<T>(
  device: SlotDevice,
  watch: InstallWatch,
  work: () => Promise<T>,
): Promise<T> {
  await wipeHead(device);
  try {
    return await work();
  } catch (thrown) {
    // What was written may be loadable if the failure came at the very end.
    await wipeHead(device);
    throw watch.signal.aborted
      ? new KubeosError('CANCELLED', 'The installation was cancelled', { cause: thrown })
      : KubeosError.from(thrown);
  }
}

const sources = {
  disk: diskSource,
  docker: dockerSource,
  containerd: containerdSource,
  oci: ociSource,
} satisfies Readonly<Record<ImageType, PayloadSource>>;

async function install(
  deps: SlotStoreDeps,
  device: SlotDevice,
  slot: SlotName,
  payload: Payload,
  watch: InstallWatch,
): Promise<InstalledPayload> {
  // A failure ends what still goes on, also while it waits for the network.
  const ended = new AbortController();
  const signal = AbortSignal.any([watch.signal, ended.signal]);
  try {
    return await fetchInto(deps, device, slot, payload, { ...watch, signal });
  } finally {
    ended.abort();
  }
}

async function fetchInto(
  deps: SlotStoreDeps,
  device: SlotDevice,
  slot: SlotName,
  payload: Payload,
  watch: InstallWatch,
): Promise<InstalledPayload> {
  const { signal } = watch;
  const progress = createProgress(watch, deps.clock);
  const source = await sources[payload.imageType].open(payload, deps, { signal, progress });
  try {
    const wrapped = await peek(source.chunks, encodingHeaderBytes);
    const encoding = recogniseEncoding(wrapped.header);
    const unwrapped = await peek(decode(wrapped.all, encoding), contentHeaderBytes);
    try {
      const content = recogniseContent(unwrapped.header);
      const verifyDownload = source.verify;
      const slotDigest =
        content.kind === 'image'
          ? await installImage(unwrapped.all, {
              device,
              fileSystemBytes: content.fileSystemBytes,
              plainDigest: encoding === 'plain' ? source.digest : undefined,
              verifyDownload,
              progress,
            })
          : await installTar(unwrapped.all, {
              ...deps,
              ...{ device, slot, signal, progress, verifyDownload },
            });
      return { payloadDigest: payload.digest, slotDigest };
    } finally {
      await unwrapped.close();
    }
  } finally {
    await source.close();
  }
}
