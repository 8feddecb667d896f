import { KubeosError } from '@kubeos/core';
import { blockBytes, typeOfFlag, type TarEntry } from './tar-entry.ts';
import type { PaxRecords } from './pax.ts';

/** A header block, before extended headers are applied to it. */
export interface RawHeader {
  readonly flag: string;
  readonly size: number;
  readonly block: Buffer;
}

/** What extended headers say of the next entry. */
export interface Extension {
  readonly records: PaxRecords;
  readonly longName?: string;
  readonly longLinkName?: string;
}

/** Records that carry attributes of a file, as GNU tar and bsdtar both read them. */
const attributeKeyword = /^(?:SCHILY\.(?:xattr|acl)\.|RHT\.security\.selinux$)/u;

/** Reads a header block; `undefined` for a block of zeros, the end. Throws `PAYLOAD_CORRUPT`. */
export function parseHeader(block: Buffer): RawHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) {
    if (index < 148 || index >= 156) sum += byte;
  }
  if (sum !== numberField(block, 148, 8)) {
    throw new KubeosError('PAYLOAD_CORRUPT', 'The archive has a header with a wrong checksum');
  }
  return { flag: block.toString('latin1', 156, 157), size: numberField(block, 124, 12), block };
}

/** Joins a header with what extended headers said of it. Throws `PAYLOAD_UNKNOWN` for kinds that nobody needs here. */
export function completeEntry(header: RawHeader, extension: Extension): TarEntry {
  const { block } = header;
  const { records } = extension;
  const type = typeOfFlag.get(header.flag);
  const isSparse = Array.from(records.keys()).some((key) => key.startsWith('GNU.sparse.'));
  if (type === undefined || isSparse) {
    throw new KubeosError(
      'PAYLOAD_UNKNOWN',
      isSparse ? 'Sparse archives are not supported' : `Entry type ${header.flag} is not supported`,
    );
  }
  const text = (key: string): string | undefined => records.get(key)?.toString('latin1');
  const number = (key: string, field: number): number => Number(text(key) ?? field);
  return {
    type,
    name: text('path') ?? extension.longName ?? ustarName(block),
    linkName: text('linkpath') ?? extension.longLinkName ?? textField(block, 157, 100),
    mode: numberField(block, 100, 8) & 0o7777,
    uid: number('uid', numberField(block, 108, 8)),
    gid: number('gid', numberField(block, 116, 8)),
    size: type === 'file' ? number('size', header.size) : 0,
    mtime: text('mtime') ?? String(numberField(block, 136, 12)),
    deviceMajor: numberField(block, 329, 8),
    deviceMinor: numberField(block, 337, 8),
    attributes: new Map(Array.from(records).filter(([key]) => attributeKeyword.test(key))),
  };
}

function ustarName(block: Buffer): string {
  const name = textField(block, 0, 100);
  // Only POSIX archives have a prefix; GNU's own format keeps times there.
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textField(block, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Text up to the first NUL. */
export function textField(block: Buffer, offset: number, length: number): string {
  const text = block.toString('latin1', offset, offset + length);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

// Octal digits, or with the top bit set a big-endian binary number (GNU).
function numberField(block: Buffer, offset: number, length: number): number {
  const field = block.subarray(offset, offset + length);
  if ((field[0] ?? 0) >= 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f);
    if (Number.isSafeInteger(value)) return value;
  }
  const digits = textField(field, 0, length).trim();
  if (/^[0-7]*$/u.test(digits)) return Number.parseInt(digits === '' ? '0' : digits, 8);
  throw new KubeosError('PAYLOAD_CORRUPT', 'The archive has a header with a broken number');
}

/** Renders one header block of a type flag and a length. */
export function renderHeader(
  flag: string,
  size: number,
  fields: Partial<Pick<TarEntry, 'name' | 'linkName' | 'mode' | 'uid' | 'gid'>> & {
    readonly mtimeSeconds?: number;
    readonly deviceMajor?: number;
    readonly deviceMinor?: number;
  },
): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, offset: number, length: number): void => {
    block.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1');
  };
  block.write((fields.name ?? '').slice(0, 100), 0, 'latin1');
  octal(fields.mode ?? 0o600, 100, 8);
  octal(fields.uid ?? 0, 108, 8);
  octal(fields.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(fields.mtimeSeconds ?? 0, 136, 12);
  block.write(flag, 156, 'latin1');
  block.write((fields.linkName ?? '').slice(0, 100), 157, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(fields.deviceMajor ?? 0, 329, 8);
  octal(fields.deviceMinor ?? 0, 337, 8);
  block.write(' '.repeat(8), 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
