import { renderPax } from './pax.ts';
import { blockBytes, typeOfFlag, type TarEntry, type TarType } from './tar-entry.ts';
import { renderHeader } from './tar-header.ts';

const flagOfType = new Map<TarType, string>(
  Array.from(typeOfFlag)
    .filter(([flag]) => /^[0-6]$/u.test(flag))
    .map(([flag, type]) => [type, flag]),
);

/** Most that fits into the seven octal digits of an id. */
const mostPlainId = 0o7777777;
/** Most that fits into the eleven octal digits of a length or time. */
const mostPlainNumber = 0o77777777777;

/**
 * Renders an entry's headers in the POSIX format: an extended header where a field does not fit or attributes are to
 * be kept, then the plain one.
 */
export function renderEntry(entry: TarEntry): Buffer {
  const records = new Map(entry.attributes);
  const keep = (key: string, value: string, fits: boolean): void => {
    if (!fits) records.set(key, Buffer.from(value, 'latin1'));
  };
  const mtime = Number(entry.mtime);
  const hasPlainTime = Number.isInteger(mtime) && mtime >= 0 && mtime <= mostPlainNumber;
  keep('path', entry.name, entry.name.length <= 100);
  keep('linkpath', entry.linkName, entry.linkName.length <= 100);
  keep('uid', String(entry.uid), entry.uid <= mostPlainId);
  keep('gid', String(entry.gid), entry.gid <= mostPlainId);
  keep('size', String(entry.size), entry.size <= mostPlainNumber);
  keep('mtime', entry.mtime, hasPlainTime);
  const header = renderHeader(
    flagOfType.get(entry.type) ?? '0',
    entry.size <= mostPlainNumber ? entry.size : 0,
    {
      ...entry,
      uid: Math.min(entry.uid, mostPlainId),
      gid: Math.min(entry.gid, mostPlainId),
      mtimeSeconds: hasPlainTime ? mtime : 0,
    },
  );
  if (records.size === 0) return header;
  const extended = renderPax(records);
  return Buffer.concat([
    renderHeader('x', extended.length, { name: '././@PaxHeader' }),
    extended,
    renderPadding(extended.length),
    header,
  ]);
}

/** The zeros that fill the last block of a content. */
export function renderPadding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

/** The end of an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * blockBytes);
