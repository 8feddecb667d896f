/**
 * An entry of an archive. Names are byte strings: each character stands for one byte, because a name on disk is any
 * bytes and not always UTF-8.
 */
export interface TarEntry {
  readonly type: TarType;
  /** As written in the archive. */
  readonly name: string;
  /** Target of a link. */
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Length of the content that follows; 0 for all but files. */
  readonly size: number;
  /** Seconds since the epoch, as a decimal number. */
  readonly mtime: string;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Extended attributes, ACLs and labels: extended header records as they came, value bytes untouched. */
  readonly attributes: ReadonlyMap<string, Buffer>;
}

/** What an entry makes. */
export type TarType =
  'file' | 'hardLink' | 'symbolicLink' | 'character' | 'block' | 'directory' | 'fifo';

/** Type flags of POSIX.1 ustar; `7` (contiguous file) and NUL mean a plain file. */
export const typeOfFlag: ReadonlyMap<string, TarType> = new Map<string, TarType>([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['1', 'hardLink'],
  ['2', 'symbolicLink'],
  ['3', 'character'],
  ['4', 'block'],
  ['5', 'directory'],
  ['6', 'fifo'],
]);

/** Everything in an archive comes in blocks of this length. */
export const blockBytes = 512;

/** A byte string as text for people. */
export function describeName(name: string): string {
  return JSON.stringify(Buffer.from(name, 'latin1').toString('utf8'));
}
