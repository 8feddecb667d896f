import {
  KubeosError,
  otherSlot,
  type Clock,
  type Digest,
  type InstalledPayload,
  type InstallWatch,
  type Payload,
  type SlotName,
  type SlotStore,
} from '@kubeos/core';
import {
  inspectSlot,
  releaseDevice,
  type Exec,
  type SlotDevice,
  type SlotDevices,
} from '@kubeos/host';
import { observe, peek } from './byte-stream.ts';
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
import { createProgress } from './progress.ts';
import { digestSlot, wipeHead } from './slot-bytes.ts';
import { checkSource, type ProxyEnvironment } from './source/connection.ts';
import { openDownload } from './source/download.ts';
import { createStreamDigest } from './stream-digest.ts';

/** What a slot store works with. */
export interface SlotStoreDeps {
  readonly slots: SlotDevices;
  readonly exec: Exec;
  readonly clock: Clock;
  /** Folder of CA and client certificates, `/etc/KubeOS/certs` on a node. */
  readonly certsDir: string;
  /** A folder of our own for mount points; nobody else mounts there. */
  readonly mountDir: string;
  /** The environment, for the proxies it may name. */
  readonly proxyEnv: ProxyEnvironment;
}

/** The root slots of this node, filled from http and https. */
export function createSlotStore(deps: SlotStoreDeps): SlotStore {
  const writable = async (slot: SlotName): Promise<SlotDevice> => {
    const device = await deps.slots.find(slot);
    await releaseDevice(deps.exec, device, deps.mountDir);
    return device;
  };
  return {
    sizeBytes: async (slot) => (await deps.slots.find(slot)).sizeBytes,
    check: async (payload) => {
      requireDiskImage(payload);
      await checkSource(payload, deps);
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
      requireDiskImage(payload);
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

function requireDiskImage({ imageType }: Payload): void {
  if (imageType === 'disk') return;
  throw new KubeosError('UNSUPPORTED', `Image type ${imageType} is not supported`);
}

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
  const download = await openDownload(payload, deps, signal);
  const downloadDigest = createStreamDigest();
  const progress = createProgress(watch, deps.clock);
  progress.begin('Fetching', download.bytesTotal);
  const fetched = observe(download.chunks, (chunk) => {
    downloadDigest.update(chunk);
    progress.moved(chunk.length);
  });
  const verifyDownload = (): void => requireDigest(payload.digest, downloadDigest.total());

  const wrapped = await peek(fetched, encodingHeaderBytes);
  const encoding = recogniseEncoding(wrapped.header);
  const unwrapped = await peek(decode(wrapped.all, encoding), contentHeaderBytes);
  try {
    const content = recogniseContent(unwrapped.header);
    const slotDigest =
      content.kind === 'image'
        ? await installImage(unwrapped.all, {
            device,
            fileSystemBytes: content.fileSystemBytes,
            plainDigest: encoding === 'plain' ? downloadDigest : undefined,
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
}

function requireDigest(wanted: Digest, found: Digest): void {
  if (wanted === found) return;
  throw new KubeosError('DIGEST_MISMATCH', `The download has digest ${found}, not ${wanted}`, {
    details: { wanted, found },
  });
}
