import { KubeosError } from '@kubeos/core';
import { createByteReader, type ByteReader } from './byte-reader.ts';
import { parsePax, type PaxRecords } from './pax.ts';
import { blockBytes, type TarEntry } from './tar-entry.ts';
import { completeEntry, parseHeader, textField, type Extension } from './tar-header.ts';

/** An entry with its content, which must be read to the end before the next entry is asked for. */
export interface TarItem {
  readonly entry: TarEntry;
  readonly content: AsyncIterable<Buffer>;
}

/** Extended headers beyond this length are no honest ones; they are kept in memory. */
const mostExtensionBytes = 1024 * 1024;
const none: PaxRecords = new Map();

/**
 * Reads a tar archive in the POSIX (ustar, pax) or GNU format, one entry after the other in bounded memory; the stream
 * is read to its end. Throws `PAYLOAD_CORRUPT`, `PAYLOAD_UNKNOWN`.
 */
export async function* readTar(stream: AsyncIterable<Buffer>): AsyncGenerator<TarItem> {
  const reader = createByteReader(stream);
  let globals = none;
  let globalBytes = 0;
  let extension: Extension = { records: none };
  while (true) {
    const block = await reader.take(blockBytes);
    const header = block === undefined ? undefined : parseHeader(block);
    if (header === undefined) break;
    if (header.flag === 'g') {
      // They add up for the rest of the archive.
      globalBytes += header.size;
      checkExtension(globalBytes);
      globals = merge(globals, await readRecords(reader, header.size));
    } else if (header.flag === 'x') {
      extension = { ...extension, records: await readRecords(reader, header.size) };
    } else if (header.flag === 'L') {
      extension = { ...extension, longName: await readLongName(reader, header.size) };
    } else if (header.flag === 'K') {
      extension = { ...extension, longLinkName: await readLongName(reader, header.size) };
    } else {
      const records = merge(globals, extension.records);
      const entry = completeEntry(header, { ...extension, records });
      checkSize(entry.size);
      yield { entry, content: reader.pieces(entry.size) };
      await skipPadding(reader, entry.size);
      extension = { records: none };
    }
  }
  await reader.drain();
}

function merge(first: PaxRecords, second: PaxRecords): PaxRecords {
  return first.size === 0 ? second : new Map([...first, ...second]);
}

function checkSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  throw new KubeosError('PAYLOAD_CORRUPT', 'The archive has an entry of an impossible length');
}

function checkExtension(size: number): void {
  if (size <= mostExtensionBytes) return;
  throw new KubeosError('PAYLOAD_UNSAFE', `The archive has ${size} bytes of extended headers`);
}

async function readRecords(reader: ByteReader, size: number): Promise<PaxRecords> {
  return parsePax(await readExtension(reader, size));
}

async function readLongName(reader: ByteReader, size: number): Promise<string> {
  const bytes = await readExtension(reader, size);
  return textField(bytes, 0, bytes.length);
}

async function readExtension(reader: ByteReader, size: number): Promise<Buffer> {
  checkExtension(size);
  const parts: Buffer[] = [];
  for await (const piece of reader.pieces(size)) parts.push(piece);
  await skipPadding(reader, size);
  return Buffer.concat(parts);
}

async function skipPadding(reader: ByteReader, size: number): Promise<void> {
  const padding = (blockBytes - (size % blockBytes)) % blockBytes;
  if (padding > 0) await reader.take(padding);
}
