import {
  KubeosError,
  parseImageReference,
  type ImageReference,
  type Payload,
  type Platform,
} from '@kubeos/core';
import type { OpenPayload } from './source.ts';

/** What the reference of a payload names. Throws `INVALID_ARGUMENT`, also where it names another digest than the wanted. */
export function referenceOf({ image, digest }: Payload): ImageReference {
  if (image === undefined) {
    throw new KubeosError('INVALID_ARGUMENT', 'The payload names no image');
  }
  const reference = parseImageReference(image);
  if (reference.digest === undefined || reference.digest === digest) return reference;
  throw new KubeosError(
    'INVALID_ARGUMENT',
    `The image reference names ${reference.digest}, the wanted digest is ${digest}`,
  );
}

/** The machine that this is, by the names of images. */
export function ownPlatform(): Platform {
  const names = new Map([
    ['x64', 'amd64'],
    ['ia32', '386'],
  ]);
  return { os: 'linux', architecture: names.get(process.arch) ?? process.arch };
}

/**
 * A payload whose stream verifies itself, and so is good only once it has ended. What unwraps it may stop before.
 *
 * @param close never throws
 */
export function selfVerifying(
  stream: AsyncIterable<Buffer>,
  close: () => Promise<void>,
): OpenPayload {
  let isWhole = false;
  async function* watched(): AsyncGenerator<Buffer> {
    yield* stream;
    isWhole = true;
  }
  return {
    chunks: watched(),
    verify: () => {
      if (isWhole) return;
      throw new KubeosError(
        'PAYLOAD_CORRUPT',
        'The payload of the image ends before its file does',
      );
    },
    close,
  };
}
