import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Digest } from '@kubeos/core';
import {
  deriveDiskIds,
  partitionOf,
  planDisk,
  renderGrubConfig,
  type Artefact,
  type BuildManifest,
  type DiskLayout,
} from '@kubeos/core/image';
import type { GptPiece } from '@kubeos/host';
import { compressImage } from '../artefacts/compress.ts';
import { assembleDisk } from '../artefacts/disk.ts';
import { makeEsp } from '../artefacts/esp.ts';
import { requireMke2fs } from '../artefacts/mke2fs.ts';
import { convertQcow2, digestDisk } from '../artefacts/qemu-img.ts';
import { espFiles, type EspFile } from '../boot/esp-files.ts';
import { buildBiosGrub, buildEfiGrub } from '../boot/grub-image.ts';
import { grubPasswordHash } from '../boot/grub-password.ts';
import type { BuildContext } from '../build-context.ts';
import { artefact, buildRoot, type BuiltRoot } from './build-root.ts';
import { describeBuild, descriptionNames } from './describe-build.ts';
import { withOutputFolder } from './output-folder.ts';
import type { BuildRequest } from './request.ts';

/**
 * Builds the disk of a node with the recipe's system in slot A: `system.img`, `system.qcow2`, and the root file system
 * by itself as `kubeos.img.zst` and `kubeos.tar`, with manifest, list of software and block index. All of them appear
 * together when everything is done. Throws what the steps throw, `BUSY` when another build has the output folder.
 */
export async function buildVmImage(
  request: BuildRequest,
  context: BuildContext,
): Promise<BuildManifest> {
  await requireMke2fs(context);
  return withOutputFolder(request.output, async ({ workDir, publish }) => {
    const root = await buildRoot(request, workDir, context);
    context.progress('Compressing the root image');
    const payload = await compressImage(root.imageFile, join(workDir, 'kubeos.img.zst'), context);
    const disk = await buildDisk(request, root, workDir, context);
    const artefacts = [...disk, artefact('kubeos.img.zst', payload), root.tar];
    const manifest = await describeBuild(request, root, { artefacts }, workDir, context);
    await publish([...artefacts.map(({ name }) => name), ...descriptionNames]);
    return manifest;
  });
}

async function buildDisk(
  request: BuildRequest,
  { tree, image, imageFile }: BuiltRoot,
  workDir: string,
  context: BuildContext,
): Promise<readonly Artefact[]> {
  const { epochSeconds } = request;
  const { legacyBios } = request.recipe.fromRepo;
  const ids = deriveDiskIds(image.digest, sha256);
  const layout = planDisk({ ...request.recipe.diskPartition, legacyBios, ids });
  context.progress('Making the boot partition');
  const esp = join(workDir, 'esp.img');
  const boot = await makeBoot(request, image.digest, layout, workDir, context);
  await makeEsp(
    {
      ...{ file: esp, files: boot.files, volumeId: ids.espVolume, epochSeconds, workDir },
      sizeBytes: partitionOf(layout, 'esp').sizeBytes,
    },
    context,
  );
  context.progress('Putting the disk together');
  const file = join(workDir, 'system.img');
  await assembleDisk(
    {
      ...{ file, layout, ids, esp, rootImage: imageFile, epochSeconds, workDir },
      ...{ patches: boot.patches, persistDirs: tree.persistDirs },
    },
    context,
  );
  const raw = await digestDisk(file, context);
  context.progress('Converting the disk for QEMU');
  const qcow2 = await convertQcow2(file, join(workDir, 'system.qcow2'), context);
  return [artefact('system.img', raw), artefact('system.qcow2', qcow2)];
}

/** What starts the node: the files of the boot partition, and what lies outside of all files for BIOS. */
interface Boot {
  readonly files: readonly EspFile[];
  readonly patches: readonly GptPiece[];
}

async function makeBoot(
  { recipe, arch }: BuildRequest,
  rootDigest: Digest,
  layout: DiskLayout,
  workDir: string,
  context: BuildContext,
): Promise<Boot> {
  const { grub, fromRepo } = recipe;
  const grubConfig = renderGrubConfig({
    partUuids: {
      A: partitionOf(layout, 'rootA').uuid,
      B: partitionOf(layout, 'rootB').uuid,
    },
    ...(grub === undefined ? {} : { passwordHash: grubPasswordHash(grub.passwd, rootDigest) }),
  });
  const request = { grubConfig, workDir };
  const efi = await buildEfiGrub(arch, request, context);
  const patches = fromRepo.legacyBios
    ? await buildBiosGrub(partitionOf(layout, 'biosBoot'), request, context)
    : [];
  return { files: espFiles(efi, grubConfig), patches };
}

function sha256(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
