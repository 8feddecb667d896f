/** The layers below the program, which all images for a platform have in common. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageArch, SbomPackage } from '@kubeos/core/image';
import { buildLayer, type BuildContext, type BuiltLayer } from '@kubeos/imaging';
import { unpackPackages } from './debian/unpack-packages.ts';
import { findNode } from './node/node-runtime.ts';
import { nodeFiles, systemFiles } from './system/system-files.ts';

/** What is built for one platform, whatever the program. */
export interface PlatformLayers {
  readonly architecture: ImageArch;
  readonly layers: readonly BuiltLayer[];
  readonly packages: readonly SbomPackage[];
}

/** What they are built from. */
export interface PlatformRequest {
  /** Folder of the repository. */
  readonly root: string;
  readonly architecture: ImageArch;
  readonly snapshot?: string | undefined;
  /** Folder of this platform alone, not there yet. */
  readonly workDir: string;
}

/** Builds the layer of the system and that of Node.js. Throws what fetching and building throw. */
export async function buildPlatformLayers(
  { root, architecture, snapshot, workDir }: PlatformRequest,
  context: BuildContext,
): Promise<PlatformLayers> {
  await mkdir(workDir);
  const node = await findNode(root, architecture, context);
  const unpacked = await unpackPackages({ arch: architecture, snapshot, workDir }, context);
  const system = await systemFiles(unpacked, node, architecture);
  const runtime = nodeFiles(node, architecture);
  context.progress(`Packing Node.js and its libraries for ${architecture}`);
  const layers = [
    await buildLayer(join(workDir, 'system'), system.files, 'libraries and certificates', context),
    await buildLayer(join(workDir, 'node'), runtime.files, `Node.js ${node.version}`, context),
  ];
  return { architecture, layers, packages: [...system.packages, ...runtime.packages] };
}
