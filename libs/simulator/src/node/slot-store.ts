import {
  KubeosError,
  otherSlot,
  type Digest,
  type InstalledPayload,
  type InstallWatch,
  type OperationProgress,
  type Payload,
  type SlotContent,
  type SlotName,
  type SlotStore,
} from '@kubeos/core';
import type { Actor } from '../engine/actor.ts';
import { digestOfMatter, type Disk } from './disk.ts';
import { digestOf, type ImageModel, type PayloadServer, type PayloadSource } from './images.ts';

/** What the slots of one agent process are made of. */
export interface SlotStoreDeps {
  readonly actor: Actor;
  readonly disk: Disk;
  readonly server: PayloadServer;
  readonly slotBytes: number;
  /** How long a download takes when nothing disturbs it, in milliseconds. */
  readonly transferMs: () => number;
  /** How long hashing a slot takes, in milliseconds. */
  readonly digestMs: () => number;
}

/** Reports of progress during one transfer. */
const progressSteps = 3;
/** How long a stalled transfer stays silent. */
const stallMs = 24 * 3600_000;

/** The two slots as an agent reaches them; every touch of the disk is one step of the simulation. */
export function createSlotStore(deps: SlotStoreDeps): SlotStore {
  const { actor, disk } = deps;
  const touch = <T>(point: string, effect: () => T): Promise<T> =>
    actor.call(`slot.${point}`, () => {
      requireOneDisk(disk);
      return effect();
    });
  return {
    sizeBytes: (slot) => touch(`size ${slot}`, () => deps.slotBytes),
    check: async (payload) => void sourceOf(payload),
    inspect: (slot) => touch(`inspect ${slot}`, () => inspect(deps, slot)),
    digest: (slot) => {
      const started = actor.callAfter(deps.digestMs(), `slot.digest ${slot}`, () => {
        requireOneDisk(disk);
        return digestOfMatter(disk.slot(slot));
      });
      return started;
    },
    invalidate: (slot) =>
      touch(`invalidate ${slot}`, () => disk.writeSlot(slot, { kind: 'headless' })),
    install: (slot, payload, watch) =>
      unlessCancelled(watch, () => install(deps, slot, payload, watch)),
    copy: (slot, watch) => unlessCancelled(watch, () => copy(deps, slot, watch)),
  };
}

function requireOneDisk(disk: Disk): void {
  if (disk.hasTwin) {
    throw new KubeosError('AMBIGUOUS_DISK', 'Looking for the slots: two disks carry their labels');
  }
}

/** Where it comes from; the server of this model has files and images alike. */
function sourceOf({ imageType, url, image }: Payload): string {
  const source = imageType === 'disk' ? url : image;
  if (source !== undefined) return source;
  throw new KubeosError(
    'INVALID_ARGUMENT',
    `The payload of type ${imageType} says not where it is`,
  );
}

async function unlessCancelled<T>(watch: InstallWatch, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!watch.signal.aborted) throw thrown;
    throw new KubeosError('CANCELLED', 'Filling the slot: it was cancelled', { cause: thrown });
  }
}

function inspect(deps: SlotStoreDeps, slot: SlotName): SlotContent {
  const matter = deps.disk.slot(slot);
  if (matter.kind === 'headless') return { sizeBytes: deps.slotBytes, hasAgent: false };
  const { version, hasAgent } = matter.image;
  return { sizeBytes: deps.slotBytes, version, hasAgent };
}

/** Head zeroed, body streamed and verified, body flushed, head written last, flushed, read back. */
async function install(
  deps: SlotStoreDeps,
  slot: SlotName,
  payload: Payload,
  watch: InstallWatch,
): Promise<InstalledPayload> {
  const { actor, disk } = deps;
  const from = sourceOf(payload);
  const source = await actor.call(`fetch ${from}`, () => find(deps, from));
  watch.signal.throwIfAborted();
  await actor.call(`slot.clear ${slot}`, () => {
    requireOneDisk(disk);
    disk.writeSlot(slot, { kind: 'headless' });
  });
  await transfer(deps, slot, source, watch, 'Writing');
  const delivered =
    source.delivery === 'otherBytes'
      ? digestOf(`other bytes than ${source.image.name}`)
      : source.image.payloadDigest;
  if (delivered !== payload.digest) {
    throw new KubeosError('DIGEST_MISMATCH', `Verifying ${from}: got ${delivered}`);
  }
  await writeHead(deps, slot, source.image);
  return actor.call(`slot.readBack ${slot}`, () => readBack(disk, slot, source.image));
}

/** The same, from the other slot. */
async function copy(deps: SlotStoreDeps, slot: SlotName, watch: InstallWatch): Promise<Digest> {
  const { actor, disk } = deps;
  const matter = await actor.call(`slot.open ${otherSlot(slot)}`, () => {
    requireOneDisk(disk);
    return disk.slot(otherSlot(slot));
  });
  if (matter.kind === 'headless') {
    throw new KubeosError(
      'PAYLOAD_UNKNOWN',
      `Copying slot ${otherSlot(slot)}: there is nothing in it`,
    );
  }
  await transfer(deps, slot, { image: matter.image, delivery: 'sound' }, watch, 'Copying');
  await writeHead(deps, slot, matter.image);
  // What is damaged is copied with its damage.
  if (matter.kind === 'damaged') {
    await actor.call(`slot.writeBody ${slot}`, () => disk.writeSlot(slot, matter));
    return digestOfMatter(matter);
  }
  const { slotDigest } = await actor.call(`slot.readBack ${slot}`, () =>
    readBack(disk, slot, matter.image),
  );
  return slotDigest;
}

async function writeHead(
  { actor, disk }: SlotStoreDeps,
  slot: SlotName,
  image: ImageModel,
): Promise<void> {
  await actor.call(`slot.writeHead ${slot}`, () =>
    disk.writeSlot(slot, { kind: 'image', image, flushed: false }),
  );
  await actor.call(`slot.flush ${slot}`, () =>
    disk.writeSlot(slot, { kind: 'image', image, flushed: true }),
  );
}

function find(deps: SlotStoreDeps, from: string): PayloadSource {
  const source = deps.server.at(from);
  if (source === undefined || source.delivery === 'notFound') {
    throw new KubeosError('SOURCE_NOT_FOUND', `Fetching ${from}: 404`);
  }
  if (source.image.sizeBytes > deps.slotBytes) {
    throw new KubeosError('SLOT_TOO_SMALL', `Fetching ${from}: larger than the slot`);
  }
  return source;
}

async function transfer(
  deps: SlotStoreDeps,
  slot: SlotName,
  source: PayloadSource,
  watch: InstallWatch,
  step: OperationProgress['step'],
): Promise<void> {
  const { image, delivery } = source;
  const stepMs = delivery === 'stalls' ? stallMs : Math.ceil(deps.transferMs() / progressSteps);
  for (let part = 1; part <= progressSteps; part += 1) {
    await deps.actor.sleep(stepMs, watch.signal);
    watch.signal.throwIfAborted();
    if (delivery === 'breaks' && part > 1) {
      throw new KubeosError('SHORT_BODY', 'Fetching the payload: the connection broke');
    }
    await deps.actor.call(`slot.writeBody ${slot}`, () =>
      deps.disk.writeSlot(slot, { kind: 'headless' }),
    );
    const bytesDone = Math.floor((image.sizeBytes * part) / progressSteps);
    watch.onProgress({ step, bytesDone, bytesTotal: image.sizeBytes });
  }
}

function readBack(disk: Disk, slot: SlotName, image: ImageModel): InstalledPayload {
  const slotDigest: Digest = digestOfMatter(disk.slot(slot));
  if (slotDigest !== image.slotDigest) {
    disk.writeSlot(slot, { kind: 'headless' });
    throw new KubeosError('READ_BACK_MISMATCH', `Reading slot ${slot} back: it differs`);
  }
  return { payloadDigest: image.payloadDigest, slotDigest };
}
