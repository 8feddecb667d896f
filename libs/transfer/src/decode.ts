import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { hasCode, KubeosError } from '@kubeos/core';
import { errnoOf, startChild } from '@kubeos/host';
import type { Encoding } from './format.ts';

// What a decoder may use. zstd needs it for windows up to 64 MiB (8 MiB up to level 19), xz for its presets up to -9.
const zstdMemory = '--memory=64MiB';
const xzMemory = '--memlimit-decompress=80MiB';
const closedPipe: readonly (string | undefined)[] = ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];
const chunkBytes = 1024 * 1024;

/**
 * Unwraps a payload in bounded memory: gzip in this program, zstd and xz in a program of their own, whose memory goes
 * back to the system with it. Throws `PAYLOAD_CORRUPT`, `COMMAND_FAILED` when a decoder is missing, and what the
 * stream throws.
 */
export function decode(stream: AsyncIterable<Buffer>, encoding: Encoding): AsyncIterable<Buffer> {
  switch (encoding) {
    case 'plain':
      return stream;
    case 'gzip':
      return gunzip(stream);
    case 'zstd':
      return throughChild(stream, 'zstd', ['-dc', '--quiet', zstdMemory]);
    case 'xz':
      return throughChild(stream, 'xz', ['-dc', '--quiet', xzMemory]);
  }
}

async function* gunzip(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzipper = createGunzip({ chunkSize: chunkBytes });
  const source = stream[Symbol.asyncIterator]();
  let fedBytes = 0;
  const next = async (): Promise<IteratorResult<Buffer>> => {
    const result = await source.next();
    if (result.done !== true) fedBytes += result.value.length;
    return result;
  };
  // Without `return`: the end of the gunzipper is not the end of the source.
  const feeding = pipeline({ [Symbol.asyncIterator]: () => ({ next }) }, gunzipper);
  // The same failure ends the iteration below.
  feeding.catch(() => undefined);
  try {
    yield* gunzipper as AsyncIterable<Buffer>;
    // The gunzipper stops at what is no further member; all of the source belongs to the digest of the download.
    while ((await next()).done !== true);
    if (fedBytes > gunzipper.bytesWritten) throw corrupt('gzip', undefined);
  } catch (thrown) {
    if (errnoOf(thrown)?.startsWith('Z_') === true) throw corrupt('gzip', thrown);
    throw thrown;
  } finally {
    gunzipper.destroy();
    await source.return?.();
  }
}

async function* throughChild(
  stream: AsyncIterable<Buffer>,
  program: string,
  args: readonly string[],
): AsyncGenerator<Buffer> {
  const child = startChild(program, args);
  let broken: { readonly thrown: unknown } | undefined;
  const feeding = pipeline(stream, child.stdin).catch((thrown: unknown) => {
    // A closed pipe only says that the decoder ended first; its exit code says why.
    if (closedPipe.includes(errnoOf(thrown))) return;
    broken = { thrown };
    child.kill();
  });
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    await feeding;
    if (broken !== undefined) throw broken.thrown;
    await child.exited;
  } catch (thrown) {
    const exited = hasCode(thrown, 'COMMAND_FAILED') && Number(thrown.details['exitCode']) > 0;
    throw exited ? corrupt(program, thrown) : thrown;
  } finally {
    child.kill();
    // How it ended was told above; what counts here is that it is gone.
    await child.exited.catch(() => undefined);
  }
}

function corrupt(encoding: string, cause: unknown): KubeosError {
  return new KubeosError('PAYLOAD_CORRUPT', `The payload is no whole ${encoding} stream`, {
    cause,
  });
}
