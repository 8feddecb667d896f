import type { IncomingMessage } from 'node:http';
import { KubeosError, type Clock } from '@kubeos/core';
import { connectionError } from '../source/http-errors.ts';
import { startStallWatch } from '../source/stall-watch.ts';

const stallMs = 30_000;

/** Reads a body that is to be kept in memory. Throws `SOURCE_REFUSED` where it is too long, and the source codes. */
export async function readSmallBody(
  body: IncomingMessage,
  mostBytes: number,
  url: URL,
  clock: Clock,
): Promise<Buffer> {
  const watch = startStallWatch(clock, stallMs, () =>
    body.destroy(new KubeosError('STALLED', `Nothing came for ${stallMs / 1000} seconds`)),
  );
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      watch.resume();
      length += chunk.length;
      if (length > mostBytes) {
        throw new KubeosError('SOURCE_REFUSED', `The answer is longer than ${mostBytes} bytes`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (thrown) {
    throw connectionError(thrown, url);
  } finally {
    watch.stop();
  }
}
