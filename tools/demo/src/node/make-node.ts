import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';

import type { ApiClient } from '@kubeos/kube';

import { makeNodeDisk, type NodeDisk } from '../disks/node-disk.ts';
import type { RootImage } from '../images/root-image.ts';
import { layOutNodeRoot, nodeRootPaths, type NodeRoot } from './node-root.ts';
import { NodeStandIn } from './node-stand-in.ts';
import type { NodePrograms } from './services.ts';

/** A node of which everything but its machine is real. */
export interface PlayedNode {
  readonly name: string;
  readonly machine: NodeStandIn;
  readonly disk: NodeDisk;
  readonly paths: NodeRoot;
}

/** What a node is made from. */
export interface PlayedNodeOptions {
  readonly name: string;
  /** Becomes the node's own. */
  readonly folder: string;
  readonly logFolder: string;
  /** What it runs at first. */
  readonly image: RootImage;
  /** CA of the image server, PEM; the node finds it as `ca.crt`. */
  readonly caFile?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly api: ApiClient;
  /** The programs, once it is known where the node lies. */
  readonly programs: (paths: NodeRoot) => NodePrograms;
  readonly log?: (line: string) => void;
}

/** Makes disk, root folder and machine of a node; the machine is off. `removeFolder` takes it all away. */
export async function makeNode(options: PlayedNodeOptions): Promise<PlayedNode> {
  const { name, folder, logFolder, image, caFile } = options;
  const paths = nodeRootPaths(folder);
  const machineId = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  await mkdir(logFolder, { recursive: true });
  const disk = await makeNodeDisk({ folder, image, persistMount: paths.persist });
  await layOutNodeRoot(paths, {
    machineId,
    device: disk.device,
    ...(caFile === undefined ? {} : { caFile }),
  });
  const machine = new NodeStandIn({
    name,
    folder,
    logFolder,
    paths,
    disk,
    machineId,
    api: options.api,
    programs: options.programs(paths),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(options.log === undefined ? {} : { log: options.log }),
  });
  return { name, machine, disk, paths };
}
