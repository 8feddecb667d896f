import type { Digest } from '@kubeos/core';

/** What `ctr images ls` says of an image. */
export interface ListedImage {
  /** Of its manifest or index. */
  readonly digest: Digest;
  /** It has our mark among its labels. */
  readonly isOurs: boolean;
}

/**
 * Finds an image in the table of `ctr images ls`: the row by the whole name, and the digest by its form. Columns come and
 * go between versions, and some cells hold blanks.
 */
export function parseImage(table: string, name: string, mark: string): ListedImage | undefined {
  const row = table
    .split('\n')
    .map((line) => line.split(/[\s,]+/u))
    .find(([first]) => first === name);
  const digest = row?.find(isDigest);
  if (row === undefined || digest === undefined) return undefined;
  return { digest, isOurs: row.some((word) => word.startsWith(`${mark}=`)) };
}

function isDigest(word: string): word is Digest {
  return /^sha256:[0-9a-f]{64}$/u.test(word);
}

const units = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);

/** Bytes of each piece that is on its way, in the table of `ctr content active`; about, as they are written for people. */
export function parseActiveContent(table: string): ReadonlyMap<string, number> {
  const rows = table.split('\n').flatMap((line): [string, number][] => {
    const [, name, count, unit] = /^(\S+)\s+(\d+(?:\.\d+)?)\s?([kKMGT]?i?B)\b/u.exec(line) ?? [];
    const factor = units.get(unit ?? '');
    return name === undefined || factor === undefined ? [] : [[name, Number(count) * factor]];
  });
  return new Map(rows.map(([name, bytes]) => [name, Math.round(bytes)]));
}
