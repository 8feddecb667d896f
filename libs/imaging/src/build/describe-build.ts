import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  indexBlockBytes,
  prettyName,
  renderBuildManifest,
  renderSbom,
  type BuildManifest,
} from '@kubeos/core/image';
import { digestFile } from '../artefacts/files.ts';
import type { BuildContext } from '../build-context.ts';
import { artefact, writeArtefact, type BuiltRoot } from './build-root.ts';
import type { BuildRequest } from './request.ts';

/** The files that say what a build is, in the order in which they are put in place. */
export const descriptionNames = ['kubeos.blocks', 'sbom.spdx.json', 'manifest.json'] as const;

/** Writes block index, list of software and manifest into the work folder. */
export async function describeBuild(
  { recipe, arch, epochSeconds }: BuildRequest,
  { tree, image }: BuiltRoot,
  { artefacts, containerImage }: Pick<BuildManifest, 'artefacts' | 'containerImage'>,
  workDir: string,
  { signal }: BuildContext,
): Promise<BuildManifest> {
  const { version } = recipe.fromRepo;
  const [blocks, sbom, manifestName] = descriptionNames;
  await writeArtefact(workDir, blocks, image.blockIndex);
  await writeArtefact(
    workDir,
    sbom,
    renderSbom({
      ...{ tool: 'kbimg', version, epochSeconds, digest: image.digest },
      ...{ vendor: tree.vendor, packages: tree.packages },
    }),
  );
  const manifest: BuildManifest = {
    schemaVersion: 1,
    version,
    osRelease: prettyName(version),
    architecture: arch,
    sourceDateEpoch: epochSeconds,
    rootFileSystem: { bytes: image.bytes, digest: image.digest, uuid: image.uuid },
    artefacts: [...artefacts, artefact(sbom, await digestFile(join(workDir, sbom), signal))],
    ...(containerImage === undefined ? {} : { containerImage }),
    blockIndex: {
      blockBytes: indexBlockBytes,
      blocks: Math.ceil(image.bytes / indexBlockBytes),
      file: blocks,
      sha256: createHash('sha256').update(image.blockIndex).digest('hex'),
    },
  };
  await writeArtefact(workDir, manifestName, renderBuildManifest(manifest));
  return manifest;
}
