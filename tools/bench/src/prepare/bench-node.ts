import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  buildRootImage,
  layOutNodeRoot,
  makeNodeDisk,
  nodeRootPaths,
  writeBootFiles,
  type NodeDisk,
  type NodeRoot,
} from '@kubeos/demo';
import { exec } from '@kubeos/host';

/** A disk with slots, and as many fresh nodes on it as there are runs. */
export interface BenchNode {
  readonly disk: NodeDisk;
  /** Lays out a node that knows nothing yet; everything of it lies in a folder of its own. */
  readonly fresh: () => Promise<NodeRoot>;
}

/** What a node is given. */
export interface BenchNodeOptions {
  readonly folder: string;
  readonly slotMiB: number;
  /** CA of the image server, PEM; default none. */
  readonly caFile?: string;
  readonly signal: AbortSignal;
}

const version = 'KubeOS 1';

/** Makes a disk whose slot A holds a small system and whose slot B has been written before. */
export async function makeBenchNode(options: BenchNodeOptions): Promise<BenchNode> {
  const { folder, slotMiB, caFile, signal } = options;
  const image = await buildRootImage({ folder, version });
  const disk = await makeNodeDisk({
    folder,
    image,
    slotMiB,
    persistMount: join(folder, 'persist'),
  });
  // The first write to a sparse file costs more than all later ones.
  const zeros = ['if=/dev/zero', `of=${disk.slots.B}`, 'bs=1M', `count=${slotMiB}`, 'oflag=direct'];
  try {
    // What is written past the page cache of a slot would else end in that of the file behind it, which no node has.
    await exec('losetup', ['--direct-io=on', disk.device]);
    await exec('dd', [...zeros, 'status=none'], { timeoutMs: 600_000, signal });
  } catch (thrown) {
    await disk.release();
    throw thrown;
  }
  let count = 0;
  const fresh = async (): Promise<NodeRoot> => {
    count += 1;
    const paths = nodeRootPaths(join(folder, `node-${count}`));
    const bootId = randomUUID();
    await layOutNodeRoot(paths, {
      machineId: bootId.replaceAll('-', ''),
      device: disk.device,
      ...(caFile === undefined ? {} : { caFile }),
    });
    await mkdir(paths.persist, { recursive: true });
    await writeBootFiles(paths, {
      bootId,
      slot: 'A',
      why: 'good',
      partition: disk.slots.A,
      osRelease: `PRETTY_NAME="${version}"\n`,
    });
    return paths;
  };
  return { disk, fresh };
}
