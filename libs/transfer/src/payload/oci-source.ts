import type { ImageManifest } from '@kubeos/core';
import { observe } from '../byte-stream.ts';
import { fetchImage, openBlob, type ImageRequest } from '../registry/fetch-image.ts';
import { openRegistry, secureUrlOf, type RegistryClient } from '../registry/registry-client.ts';
import { readNodeCredentials } from '../registry/credentials.ts';
import { createTrust } from '../source/trust.ts';
import type { Progress } from '../progress.ts';
import { ownPlatform, referenceOf, selfVerifying } from './image-payload.ts';
import { payloadOfLayers } from './layer-payload.ts';
import type { PayloadSource } from './source.ts';
import { verified } from './verified.ts';

/** An image that comes from its registry straight into the slot. */
export const ociSource: PayloadSource = {
  check: async (payload, deps) => {
    const reference = referenceOf(payload);
    secureUrlOf(reference);
    await createTrust(payload, deps.certsDir);
    await readNodeCredentials(deps.registryAuthFile, reference.registry);
  },
  open: async (payload, deps, { signal, progress }) => {
    const reference = referenceOf(payload);
    const credentials = await readNodeCredentials(deps.registryAuthFile, reference.registry);
    const { allowInsecure } = payload;
    const access = { access: 'pull', allowInsecure, trust: payload } as const;
    const client = await openRegistry({ ...access, reference, credentials }, deps, signal);
    const { digest } = payload;
    const request = { reference, digest, platform: ownPlatform(), clock: deps.clock, signal };
    const image = await fetchImage(client, request);
    progress.begin('Fetching', bytesOf(image));
    const layers = fetchLayers(client, request, image, progress);
    return selfVerifying(payloadOfLayers(layers), async () => undefined);
  },
};

/** One after the other; the next one is asked for when the one before was read. */
async function* fetchLayers(
  client: RegistryClient,
  request: ImageRequest,
  { layers }: ImageManifest,
  progress: Progress,
): AsyncGenerator<AsyncIterable<Buffer>> {
  for (const layer of layers) {
    const { chunks } = await openBlob(client, request, layer);
    yield verified(
      observe(chunks, (chunk) => progress.moved(chunk.length)),
      layer,
    );
  }
}

function bytesOf({ layers }: ImageManifest): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}
