import { join } from 'node:path';
import {
  formatImageReference,
  KubeosError,
  parseImageReference,
  type ImageReference,
} from '@kubeos/core';
import { prettyName, type BuildManifest, type OciImageFacts } from '@kubeos/core/image';
import { requireMke2fs } from '../artefacts/mke2fs.ts';
import { writeDockerArchive, writeOciLayout } from '../artefacts/upgrade-image.ts';
import type { BuildContext } from '../build-context.ts';
import { artefact, buildRoot } from './build-root.ts';
import { describeBuild, descriptionNames } from './describe-build.ts';
import { withOutputFolder } from './output-folder.ts';
import type { BuildRequest } from './request.ts';

/** The OCI layout in the output folder. */
export const layoutName = 'upgrade-img';
const archiveName = 'upgrade-img.tar';

/**
 * Builds the container image that nodes are upgraded from, with the recipe's root file system in it: `upgrade-img` (an
 * OCI layout) and `upgrade-img.tar` (for `docker load`), `kubeos.tar`, and what describes a build. All of them appear
 * together when everything is done. Throws what the steps throw, `BUSY` when another build has the output folder.
 */
export async function buildUpgradeImage(
  request: BuildRequest,
  context: BuildContext,
): Promise<BuildManifest> {
  const facts = imageFacts(request);
  await requireMke2fs(context);
  return withOutputFolder(request.output, async ({ workDir, publish }) => {
    const root = await buildRoot(request, workDir, context);
    context.progress('Packing the container image');
    const packing = {
      rootTar: join(workDir, 'kubeos.tar'),
      dir: join(workDir, layoutName),
      facts,
    };
    const image = await writeOciLayout(packing, context);
    const archive = await writeDockerArchive(packing, image, join(workDir, archiveName), context);
    const artefacts = [artefact(archiveName, archive), root.tar];
    const { digest } = image.manifest;
    const containerImage = { reference: formatImageReference(facts.reference), digest };
    const built = { artefacts, containerImage };
    const manifest = await describeBuild(request, root, built, workDir, context);
    await publish([layoutName, ...artefacts.map(({ name }) => name), ...descriptionNames]);
    return manifest;
  });
}

function imageFacts({
  recipe,
  arch,
  epochSeconds,
}: BuildRequest): OciImageFacts & { readonly reference: ImageReference } {
  const { version, upgradeImg } = recipe.fromRepo;
  if (upgradeImg === undefined) {
    throw new KubeosError('INVALID_SPEC', 'from_repo.upgrade_img: an upgrade image needs a name');
  }
  return {
    ...{ version, title: prettyName(version), architecture: arch, epochSeconds },
    reference: parseImageReference(upgradeImg),
  };
}
