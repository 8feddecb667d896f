/** The container images of operator and proxy, built from files alone: nothing of them is run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseImageReference } from '@kubeos/core';
import { renderSbom, type ImageArch } from '@kubeos/core/image';
import {
  archiveLayout,
  buildLayer,
  digestFile,
  withOutputFolder,
  writeContainerImage,
  type BuildContext,
  type FileDigest,
} from '@kubeos/imaging';
import { allDone } from './all-done.ts';
import { appFiles } from './app/app-files.ts';
import { describeImage, type Release } from './describe-image.ts';
import {
  manifestName,
  type Artefact,
  type BuiltImage,
  type ImagesManifest,
} from './images-manifest.ts';
import { buildPlatformLayers, type PlatformLayers } from './platform-layers.ts';
import type { ProgramName } from './programs.ts';

/** What to build. */
export interface ImagesRequest extends Release {
  /** Folder of the repository, with the bundles. */
  readonly root: string;
  /** Folder of the artefacts; made where it is missing. */
  readonly output: string;
  readonly programs: readonly ProgramName[];
  readonly architectures: readonly [ImageArch, ...ImageArch[]];
  /** Time of a snapshot of Debian; default: its archives as they are now. */
  readonly snapshot?: string | undefined;
}

/**
 * Builds the images: of each an OCI layout, one file with it, and a list of software for each platform; then
 * `images.json`, which says that all is there. The same sources, packages and time give the same bytes. Throws what the
 * steps throw, `BUSY` when another build has the output folder.
 */
export async function buildImages(
  request: ImagesRequest,
  context: BuildContext,
): Promise<ImagesManifest> {
  const { root, architectures, snapshot, version, epochSeconds } = request;
  return withOutputFolder(request.output, async ({ workDir, publish }) => {
    const platforms = await allDone(
      architectures.map((architecture) =>
        buildPlatformLayers(
          { root, architecture, snapshot, workDir: join(workDir, architecture) },
          context,
        ),
      ),
    );
    const images: BuiltImage[] = [];
    const artefacts: Artefact[] = [];
    for (const name of request.programs) {
      context.progress(`Writing the image ${name}`);
      const written = await writeImage(name, request, platforms, workDir, context);
      images.push(written.image);
      artefacts.push(...written.artefacts);
    }
    const manifest: ImagesManifest = {
      ...{ schemaVersion: 1, version, sourceDateEpoch: epochSeconds, images, artefacts },
    };
    await writeFile(join(workDir, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    const names = [...images.map(({ layout }) => layout), ...artefacts.map(({ name }) => name)];
    await publish([...names, manifestName]);
    return manifest;
  });
}

async function writeImage(
  name: ProgramName,
  request: ImagesRequest,
  platforms: readonly PlatformLayers[],
  workDir: string,
  context: BuildContext,
): Promise<{ readonly image: BuiltImage; readonly artefacts: readonly Artefact[] }> {
  const { root, version, epochSeconds } = request;
  const app = await appFiles(root, name, version);
  await mkdir(join(workDir, 'apps'), { recursive: true });
  // The bundle is the same for every processor.
  const layer = await buildLayer(join(workDir, 'apps', name), app.files, name, context);
  const [first, ...others] = platforms.map(({ architecture, layers }) => ({
    facts: describeImage(name, request, app, architecture),
    layers: [...layers, layer],
  }));
  if (first === undefined) throw new RangeError('An image is for one platform at least');
  const reference = parseImageReference(`kubeos/${name}:${version}`);
  const dir = join(workDir, name);
  const image = await writeContainerImage({ dir, reference, platforms: [first, ...others] });

  const archive = `${name}.tar`;
  const file = join(workDir, archive);
  const packed = await archiveLayout({ dir, blobs: image.blobs, epochSeconds, file }, context);
  const artefacts = [artefact(archive, packed)];
  for (const { architecture, manifest } of image.platforms) {
    const below = platforms.find((platform) => platform.architecture === architecture);
    const text = renderSbom({
      image: { name, purpose: 'CONTAINER' },
      ...{ tool: 'kubeos-images', version, epochSeconds, digest: manifest.digest },
      ...{ vendor: 'debian', packages: [...(below?.packages ?? []), ...app.packages] },
    });
    const list = `${name}.${architecture}.spdx.json`;
    await writeFile(join(workDir, list), text);
    artefacts.push(artefact(list, await digestFile(join(workDir, list), context.signal)));
  }
  return {
    image: {
      ...{ name, reference: `kubeos/${name}:${version}`, digest: image.index.digest, layout: name },
      platforms: image.platforms.map(({ architecture, manifest, packedBytes }) => ({
        ...{ architecture, digest: manifest.digest, packedBytes },
      })),
    },
    artefacts,
  };
}

function artefact(name: string, { bytes, digest }: FileDigest): Artefact {
  return { name, bytes, sha256: digest.slice('sha256:'.length) };
}
