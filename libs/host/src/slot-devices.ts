import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KubeosError, slotNames, type SlotName } from '@kubeos/core';
import { listBlockDevices, measureDevice, readFully, type BlockDevice } from './block-devices.ts';
import { readTextIfThere } from './durable-file.ts';
import { errnoOf } from './errno.ts';
import { readGpt, type Gpt, type GptPartition } from './gpt.ts';
import { parseMountInfo, rootDevice } from './mount-info.ts';

/** Where the slots are looked for. */
export interface SlotDevicesOptions {
  /** Prefix of the searched paths, `/` on a node. */
  readonly root: string;
  /** The disk, as a path. Default: the one that holds the mounted root. */
  readonly disk?: string;
  /**
   * What each slot is: a device path, taken as it stands, or `PARTUUID=` or `PARTLABEL=` as on a kernel command line.
   * Default: the labels `ROOT-A` and `ROOT-B`.
   */
  readonly slots?: Readonly<Record<SlotName, string>>;
}

/** A slot's partition. */
export interface SlotDevice {
  readonly path: string;
  /** `major:minor`; absent for a plain file that stands for a device. */
  readonly number?: string;
  /** Measured. */
  readonly sizeBytes: number;
}

/** Finds the slots of this node. */
export interface SlotDevices {
  /** Throws `SLOT_NOT_FOUND`, `AMBIGUOUS_DISK`. */
  find(slot: SlotName): Promise<SlotDevice>;
  /** The slot whose partition is mounted as root; `undefined` when it is none, or nobody can tell. */
  mounted(): Promise<SlotName | undefined>;
}

/** What partitions of other disks mean that match as well. */
type Twins = 'refused' | 'ignored';

const byLabel: Readonly<Record<SlotName, string>> = {
  A: 'PARTLABEL=ROOT-A',
  B: 'PARTLABEL=ROOT-B',
};

/**
 * Finds slots by what the partition table says, never by a device's name: names and numbers of disks change with
 * hardware and kernel. A second disk that would match as well stops everything, unless the configuration says which.
 */
export function createSlotDevices(options: SlotDevicesOptions): SlotDevices {
  const wanted = options.slots ?? byLabel;
  // Both slots are mostly asked for at once.
  const lookAtDisks = sharedWhileRunning(() => surveyDisks(options));
  const search = async (slot: SlotName, twins: Twins): Promise<SlotDevice> => {
    const selector = wanted[slot];
    if (selector.startsWith('/')) return { path: selector, ...(await measureDevice(selector)) };
    const parsed = parseSelector(selector);
    return searchPartition(options, await lookAtDisks(), parsed, twins);
  };
  return {
    find: (slot) => search(slot, 'refused'),
    mounted: async () => {
      const number = await mountedRoot(options.root);
      if (number === undefined) return undefined;
      // Asked at every look at the node, which must not wait for a disk of somebody else.
      const devices = await Promise.all(
        slotNames.map((slot) => orNothing(search(slot, 'ignored'))),
      );
      return slotNames.find((_, index) => devices[index]?.number === number);
    },
  };
}

/** Whoever asks while an answer is being found gets the same one; nothing is kept after that. */
function sharedWhileRunning<T>(find: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () =>
    (running ??= find().finally(() => {
      running = undefined;
    }));
}

async function orNothing(finding: Promise<SlotDevice>): Promise<SlotDevice | undefined> {
  try {
    return await finding;
  } catch (thrown) {
    if (hasCode(thrown, 'SLOT_NOT_FOUND', 'AMBIGUOUS_DISK')) return undefined;
    throw thrown;
  }
}

interface Selector {
  readonly text: string;
  readonly matches: (partition: GptPartition) => boolean;
}

function parseSelector(text: string): Selector {
  const [, kind, value] = /^(PARTUUID|PARTLABEL)=(.+)$/u.exec(text) ?? [];
  if (kind === undefined || value === undefined) {
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      `A slot is named by a path, PARTUUID= or PARTLABEL=, not by ${text}`,
    );
  }
  return kind === 'PARTUUID'
    ? { text, matches: (partition) => partition.uuid === value.toLowerCase() }
    : { text, matches: (partition) => partition.label === value };
}

/** What the kernel shows, and what is on the disk of this node. */
interface Survey {
  readonly devices: readonly BlockDevice[];
  readonly disk: BlockDevice;
  readonly gpt: Gpt | undefined;
}

async function surveyDisks(options: SlotDevicesOptions): Promise<Survey> {
  const devices = await listBlockDevices(options.root);
  const disk = await ownDisk(options, devices);
  return { devices, disk, gpt: await readDiskGpt(options.root, disk) };
}

async function searchPartition(
  options: SlotDevicesOptions,
  { devices, disk, gpt }: Survey,
  selector: Selector,
  twins: Twins,
): Promise<SlotDevice> {
  const onDisk = gpt?.partitions.filter(selector.matches) ?? [];
  const [partition, second] = onDisk;
  if (partition === undefined) {
    throw new KubeosError('SLOT_NOT_FOUND', `${disk.path} has no partition ${selector.text}`);
  }
  if (second !== undefined) {
    throw new KubeosError('AMBIGUOUS_DISK', `${disk.path} has several partitions ${selector.text}`);
  }
  if (options.disk === undefined && twins === 'refused') {
    await refuseTwins(options.root, devices, disk, selector);
  }
  return kernelPartition(devices, disk, partition);
}

function kernelPartition(
  devices: readonly BlockDevice[],
  disk: BlockDevice,
  partition: GptPartition,
): SlotDevice {
  const device = devices.find(
    (candidate) =>
      candidate.partOf?.disk === disk.name &&
      candidate.partOf.startBytes === partition.startBytes &&
      candidate.sizeBytes === partition.sizeBytes,
  );
  if (device !== undefined) {
    return { path: device.path, number: device.number, sizeBytes: device.sizeBytes };
  }
  throw new KubeosError(
    'SLOT_NOT_FOUND',
    `The kernel shows no partition at byte ${partition.startBytes} of ${disk.path}`,
  );
}

async function ownDisk(
  options: SlotDevicesOptions,
  devices: readonly BlockDevice[],
): Promise<BlockDevice> {
  const number =
    options.disk === undefined
      ? await mountedRoot(options.root)
      : (await measureDevice(options.disk)).number;
  const device = devices.find((candidate) => candidate.number === number);
  const diskName = device?.partOf?.disk ?? device?.name;
  const disk = devices.find((candidate) => candidate.name === diskName);
  if (disk !== undefined) return disk;
  throw new KubeosError(
    'SLOT_NOT_FOUND',
    'The root file system is on no disk that the kernel shows',
  );
}

async function mountedRoot(root: string): Promise<string | undefined> {
  const text = await readTextIfThere(join(root, 'proc/self/mountinfo'));
  return text === undefined ? undefined : rootDevice(parseMountInfo(text));
}

async function refuseTwins(
  root: string,
  devices: readonly BlockDevice[],
  disk: BlockDevice,
  selector: Selector,
): Promise<void> {
  // A disk of which the kernel shows no partition is not read: on a node most of these are volumes of pods, and one
  // whose server is away never answers.
  const partitioned = new Set(devices.map(({ partOf }) => partOf?.disk));
  for (const other of devices) {
    if (other === disk || !partitioned.has(other.name) || other.sizeBytes === 0) continue;
    const gpt = await readDiskGpt(root, other);
    if (gpt?.partitions.some(selector.matches) !== true) continue;
    throw new KubeosError(
      'AMBIGUOUS_DISK',
      `${other.path} has a partition ${selector.text} as well as ${disk.path}; name the disk in the configuration`,
      { details: { disk: disk.path, other: other.path } },
    );
  }
}

async function readDiskGpt(root: string, disk: BlockDevice): Promise<Gpt | undefined> {
  const sector = await readTextIfThere(
    join(root, 'sys/class/block', disk.name, 'queue/logical_block_size'),
  );
  try {
    const file = await open(disk.path, 'r');
    try {
      const readAt = (offset: number, length: number): Promise<Buffer> =>
        readFully(file, offset, length);
      return await readGpt(readAt, disk.sizeBytes, Number(sector ?? 512));
    } finally {
      await file.close();
    }
  } catch (thrown) {
    // A disk that cannot be read (no medium, no node) holds no slot that anybody could boot.
    if (errnoOf(thrown) !== undefined) return undefined;
    throw thrown;
  }
}
