/** Entries of archives whose owners, modes and times are the same in every build. */
import { renderEntry, renderPadding, tarEnd, type TarEntry } from '@kubeos/transfer';

const common = {
  ...{ linkName: '', uid: 0, gid: 0, deviceMajor: 0, deviceMinor: 0 },
  attributes: new Map<string, Buffer>(),
};

/** The entry of a folder. */
export function tarFolder(name: string, epochSeconds: number): Buffer {
  const entry: TarEntry = {
    ...common,
    type: 'directory',
    name: `${name}/`,
    mode: 0o755,
    size: 0,
    mtime: String(epochSeconds),
  };
  return renderEntry(entry);
}

/** The entry of a file, with its content and what fills its last block. Default of the mode: 0644. */
export async function* tarFile(
  name: string,
  size: number,
  epochSeconds: number,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  mode = 0o644,
): AsyncGenerator<Buffer> {
  yield renderEntry({
    ...common,
    type: 'file',
    name,
    mode,
    size,
    mtime: String(epochSeconds),
  });
  yield* content;
  yield renderPadding(size);
}

/** The entry of a symbolic link. */
export function tarLink(name: string, target: string, epochSeconds: number): Buffer {
  return renderEntry({
    ...common,
    type: 'symbolicLink',
    name,
    linkName: target,
    mode: 0o777,
    size: 0,
    mtime: String(epochSeconds),
  });
}

/** The end of an archive. */
export const tarTail = tarEnd;
