import { posix } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { peek } from '../byte-stream.ts';
import { decode } from '../decode.ts';
import { encodingHeaderBytes, recogniseEncoding } from '../format.ts';
import { readTar } from '../tar/tar-reader.ts';
import type { TarEntry } from '../tar/tar-entry.ts';

/** The file of an image that holds the root file system, as upstream's images have it. */
export const payloadName = 'os.tar';

/** Entries that would take it away again, https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts. */
const whiteouts = [`.wh.${payloadName}`, '.wh..wh..opq'];

/**
 * The bytes of the one `os.tar` in the layers of an image, from the lowest layer on. All layers are read to their ends, so
 * that the stream ends only when every one of them was verified. Throws `PAYLOAD_UNKNOWN` where there is no such file, or
 * more than one, and the payload codes.
 */
export async function* payloadOfLayers(
  layers: AsyncIterable<AsyncIterable<Buffer>>,
): AsyncGenerator<Buffer> {
  let found = 0;
  for await (const layer of layers) {
    for await (const item of openLayer(layer)) {
      if (isWhiteout(item.entry)) throw unknown(`A layer of the image removes ${payloadName}`);
      if (isPayload(item.entry)) {
        found += 1;
        if (found > 1) throw unknown(`More than one layer of the image holds ${payloadName}`);
        yield* item.content;
      } else {
        for await (const _piece of item.content);
      }
    }
  }
  if (found === 0) throw unknown(`The image holds no file /${payloadName}`);
}

async function* openLayer(layer: AsyncIterable<Buffer>): ReturnType<typeof readTar> {
  const wrapped = await peek(layer, encodingHeaderBytes);
  const archive = await peek(decode(wrapped.all, recogniseEncoding(wrapped.header)), 0);
  try {
    yield* readTar(archive.all);
  } finally {
    await archive.close();
    await wrapped.close();
  }
}

function isWhiteout({ name }: TarEntry): boolean {
  return whiteouts.includes(cleanName(name));
}

function isPayload(entry: TarEntry): boolean {
  if (cleanName(entry.name) !== payloadName) return false;
  if (entry.type === 'file') return true;
  throw unknown(`${payloadName} of the image is no plain file`);
}

function cleanName(name: string): string {
  return posix.normalize(`/${name}`).slice(1).replace(/\/$/u, '');
}

function unknown(message: string): KubeosError {
  return new KubeosError('PAYLOAD_UNKNOWN', message);
}
