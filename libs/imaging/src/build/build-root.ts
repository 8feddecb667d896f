import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artefact } from '@kubeos/core/image';
import { makeRootImage, type RootImage } from '../artefacts/root-image.ts';
import { makeRootTar } from '../artefacts/root-tar.ts';
import type { FileDigest } from '../artefacts/files.ts';
import { writeImageArgs } from '../boot/image-args.ts';
import type { BuildContext } from '../build-context.ts';
import { buildInitrd } from '../initrd/build-initrd.ts';
import { buildRootTree } from '../root/build-root-tree.ts';
import type { RootTree } from '../root/root-tree.ts';
import { attempt } from '../root/tree.ts';
import { requireAgentPrograms } from './agent-programs.ts';
import { requireFreeSpace } from './free-space.ts';
import type { BuildRequest } from './request.ts';

/** A root file system in the forms that every kind of image starts from. */
export interface BuiltRoot {
  readonly tree: RootTree;
  readonly image: RootImage;
  /** Path of the image. */
  readonly imageFile: string;
  /** `kubeos.tar`. */
  readonly tar: Artefact;
}

const mib = 1024 * 1024;
/** An installation that is smaller holds no system that boots. */
const leastBytes = 1024 * mib;
/** Archive and disk are as large as the root image, the compressed forms of both about half of it. */
const shareOfArtefacts = 3.25;

/** Builds the root file system of a recipe, as a tree, an ext4 image and `kubeos.tar`, all in the work folder. */
export async function buildRoot(
  request: BuildRequest,
  workDir: string,
  context: BuildContext,
): Promise<BuiltRoot> {
  const { recipe, arch, nodeFilesDir, epochSeconds } = request;
  await requireFreeSpace(workDir, leastBytes, 'A root file system');
  const tree = await buildRootTree({ ...request, workDir }, context);
  await requireAgentPrograms(tree.dir, context);
  context.progress('Making the initrd');
  await writeImageArgs(tree.dir, arch);
  await buildInitrd(
    {
      ...{ rootDir: tree.dir, kernelRelease: tree.kernelRelease, nodeFilesDir },
      ...{ epochSeconds, workDir, outFile: join(tree.dir, 'boot/initramfs.img') },
    },
    context,
  );
  context.progress('Making the root image');
  const imageFile = join(workDir, 'root.img');
  const image = await makeRootImage(
    {
      ...{ rootDir: tree.dir, file: imageFile, epochSeconds, workDir },
      slotBytes: recipe.diskPartition.rootMib * mib,
    },
    context,
  );
  await requireFreeSpace(workDir, shareOfArtefacts * image.bytes, 'All that is made of this root');
  context.progress('Packing kubeos.tar');
  const file = join(workDir, 'kubeos.tar');
  const tar = await makeRootTar({ rootDir: tree.dir, file, epochSeconds }, context);
  return { tree, image, imageFile, tar: artefact('kubeos.tar', tar) };
}

/** How a manifest lists a file. */
export function artefact(name: string, { bytes, digest }: FileDigest): Artefact {
  return { name, bytes, sha256: digest.slice('sha256:'.length) };
}

/** Writes a small file of the output. */
export async function writeArtefact(
  workDir: string,
  name: string,
  content: string | Uint8Array,
): Promise<void> {
  await attempt(`Cannot write ${name}`, () => writeFile(join(workDir, name), content));
}
