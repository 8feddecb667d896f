import { KubeosError, type Descriptor } from '@kubeos/core';
import { createStreamDigest } from '../stream-digest.ts';

/** The bytes of a piece of an image; the stream ends well only where they are what its descriptor says. */
export async function* verified(
  stream: AsyncIterable<Buffer>,
  { digest: wanted, size }: Descriptor,
): AsyncGenerator<Buffer> {
  const digest = createStreamDigest();
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    // Told at once: what goes on without end must not fill a slot.
    if (length > size) throw differs(`is longer than its ${size} bytes`);
    digest.update(chunk);
    yield chunk;
  }
  const found = digest.total();
  if (found !== wanted) throw differs(`has digest ${found}`);

  function differs(how: string): KubeosError {
    return new KubeosError('DIGEST_MISMATCH', `Layer ${wanted} of the image ${how}`, {
      details: { wanted, bytes: length },
    });
  }
}
