import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Digest } from '@kubeos/core';
import { throwIfStopped } from '../build-context.ts';
import { attempt } from '../root/tree.ts';

/** Length and digest of a file. */
export interface FileDigest {
  readonly bytes: number;
  readonly digest: Digest;
}

const pieceBytes = 1024 * 1024;
const zeros = Buffer.alloc(pieceBytes);

/**
 * Reads a file in pieces of 1 MiB; the last one may be shorter. Throws `STORAGE_FAILED`, `CANCELLED`.
 */
export async function* readPieces(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await attempt(`Cannot open ${path}`, () => open(path, 'r'));
  try {
    while (true) {
      throwIfStopped(signal);
      // Each piece has memory of its own: whoever takes it may still be busy with it when the next one is asked for.
      const buffer = Buffer.allocUnsafe(pieceBytes);
      const { bytesRead } = await attempt(`Cannot read ${path}`, () => file.read(buffer));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Digests a file. Throws `STORAGE_FAILED`, `CANCELLED`. */
export async function digestFile(path: string, signal: AbortSignal): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of readPieces(path, signal)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, digest: `sha256:${hash.digest('hex')}` };
}

/** Writes a stream into a file and digests it on the way. Throws what the stream throws, `CANCELLED`, the storage codes. */
export async function saveStream(
  stream: AsyncIterable<Buffer>,
  path: string,
  signal: AbortSignal,
): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const chunk of stream) {
      throwIfStopped(signal);
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await withNewFile(path, (file) => file.writeFile(watched()));
  return { bytes, digest: `sha256:${hash.digest('hex')}` };
}

/** Makes a file of zeros that takes no space. Throws the storage codes. */
export async function makeSparseFile(path: string, bytes: number): Promise<void> {
  await withNewFile(path, (file) => file.truncate(bytes));
}

// Makes a file, empty if it was there before. Throws the storage codes.
async function withNewFile(path: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  await attempt(`Cannot write ${path}`, async () => {
    const file = await open(path, 'w', 0o600);
    try {
      await work(file);
    } finally {
      await file.close();
    }
  });
}

/** Writes all bytes at their place. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const rest = bytes.length - written;
    const { bytesWritten } = await file.write(bytes, written, rest, offset + written);
    written += bytesWritten;
  }
}

/** Copies a file to a place in another one where zeros are; its own zeros are left out. Throws the storage codes. */
export async function copySparse(
  source: string,
  target: FileHandle,
  offsetBytes: number,
  signal: AbortSignal,
): Promise<void> {
  let offset = offsetBytes;
  for await (const piece of readPieces(source, signal)) {
    if (!piece.equals(zeros.subarray(0, piece.length))) await writeAt(target, piece, offset);
    offset += piece.length;
  }
}
