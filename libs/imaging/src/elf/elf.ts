/**
 * What a program needs to be started, read from its ELF headers (System V ABI, chapters 4 and 5). Nothing of the image is
 * run for it, so that images for other processors can be built, and a hostile one does nothing.
 */
import { KubeosError } from '@kubeos/core';

/** The needs of a program or library. */
export interface ElfNeeds {
  /** `e_machine` with class and byte order: equal for what runs on the same processors. */
  readonly machine: string;
  /** The program that loads its libraries; absent in libraries and in static programs. */
  readonly interpreter?: string;
  /** Names of the libraries that it is linked with. */
  readonly libraries: readonly string[];
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

const magic = '\x7fELF';
const segmentLoad = 1;
const segmentDynamic = 2;
const segmentInterpreter = 3;
const tagNeeded = 1;
const tagStrings = 5;
const headerBytes = 64;
const segmentBytes = 56;

/** Reads the needs of a 64-bit little-endian file. Throws `UNSUPPORTED` for anything else, named by `path`. */
export function readElf(bytes: Buffer, path: string): ElfNeeds {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 4) !== magic) {
    throw unsupported(path, 'is no program');
  }
  // Class 2: 64 bits. Data 1: little-endian. All that KubeOS runs on is both.
  if (bytes[4] !== 2 || bytes[5] !== 1) throw unsupported(path, 'is no 64-bit program');
  try {
    return needsOf(bytes);
  } catch (cause) {
    // Nothing here fails but reads behind the end.
    throw unsupported(path, 'is cut off', cause);
  }
}

function needsOf(bytes: Buffer): ElfNeeds {
  const machine = `elf64-${bytes.readUInt16LE(18)}`;
  const segments = readSegments(bytes);
  const interpreter = segments.find(({ type }) => type === segmentInterpreter);
  const libraries = readLibraries(bytes, segments);
  if (interpreter === undefined) return { machine, libraries };
  return { machine, libraries, interpreter: text(bytes, interpreter.offset) };
}

function readSegments(bytes: Buffer): readonly Segment[] {
  const start = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const segment = bytes.subarray(start + index * size);
    if (segment.length < segmentBytes) throw new RangeError('segment');
    return {
      type: segment.readUInt32LE(0),
      offset: Number(segment.readBigUInt64LE(8)),
      address: Number(segment.readBigUInt64LE(16)),
      size: Number(segment.readBigUInt64LE(32)),
    };
  });
}

function readLibraries(bytes: Buffer, segments: readonly Segment[]): readonly string[] {
  const dynamic = segments.find(({ type }) => type === segmentDynamic);
  if (dynamic === undefined) return [];
  const entries: (readonly [tag: number, value: number])[] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    entries.push([Number(bytes.readBigInt64LE(at)), Number(bytes.readBigUInt64LE(at + 8))]);
  }
  const address = entries.find(([tag]) => tag === tagStrings)?.[1] ?? 0;
  const load = segments.find(
    (segment) =>
      segment.type === segmentLoad &&
      address >= segment.address &&
      address < segment.address + segment.size,
  );
  if (load === undefined) return [];
  const strings = address - load.address + load.offset;
  return entries.filter(([tag]) => tag === tagNeeded).map(([, at]) => text(bytes, strings + at));
}

function text(bytes: Buffer, offset: number): string {
  const end = bytes.indexOf(0, offset);
  if (offset >= bytes.length || end < 0) throw new RangeError('text');
  return bytes.toString('latin1', offset, end);
}

function unsupported(path: string, what: string, cause?: unknown): KubeosError {
  return new KubeosError('UNSUPPORTED', `${path} ${what}`, { cause, details: { path } });
}
