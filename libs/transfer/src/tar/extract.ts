import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { hasCode, KubeosError } from '@kubeos/core';
import { startChild, type Child } from '@kubeos/host';
import { createTarGuard } from './tar-guard.ts';
import { readTar, type TarItem } from './tar-reader.ts';
import { renderEntry, renderPadding, tarEnd } from './tar-writer.ts';

/** SHA-256 (base64) of each regular file by its name below the root, which is a byte string. */
export type FileDigests = ReadonlyMap<string, string>;

/** How an archive is unpacked. */
export interface ExtractOptions {
  /** An empty folder. */
  readonly folder: string;
  /** Gives an entry another name; hard links to it follow. */
  readonly rename: (name: string) => string;
  readonly signal: AbortSignal;
}

// Owners, modes, times, links, device nodes, attributes and labels as in the archive. Warnings about times are off:
// the clock of a node that just booted may be behind the build of its image.
const tarArgs = [
  ...['--extract', '--file=-', '--numeric-owner', '--same-owner', '--same-permissions'],
  ...['--xattrs', '--xattrs-include=*', '--acls', '--selinux', '--warning=no-timestamp'],
];

/**
 * Unpacks an archive in one pass. Every entry is judged first, then written anew for GNU tar, which alone can set
 * attributes and make device nodes: so it sees only what was judged, in one unambiguous form. Throws the payload codes,
 * `SLOT_TOO_SMALL`, `STORAGE_FAILED`.
 */
export async function extractTar(
  stream: AsyncIterable<Buffer>,
  options: ExtractOptions,
): Promise<FileDigests> {
  const child = startChild('tar', [...tarArgs, `--directory=${options.folder}`], {
    signal: options.signal,
  });
  try {
    const digests = await feedAll(stream, options, createFeed(child));
    child.stdin.end();
    await child.exited;
    return digests;
  } catch (thrown) {
    throw hasCode(thrown, 'COMMAND_FAILED') ? await translate(thrown, options.folder) : thrown;
  } finally {
    child.kill();
    // The folder can be unmounted only when tar is gone; how it ended was told above.
    await child.exited.catch(() => undefined);
  }
}

type Feed = (bytes: Buffer) => Promise<void>;

function createFeed(child: Child): Feed {
  // A signal, because whoever waits for a promise that stays open is kept in memory until it settles.
  const over = new AbortController();
  const end = (): void => over.abort();
  child.exited.then(end, end);
  return async (bytes) => {
    if (child.stdin.write(bytes)) return;
    try {
      await once(child.stdin, 'drain', { signal: over.signal });
    } catch {
      // A child that ended never drains; its exit code is the failure then.
      await child.exited;
    }
  };
}

async function feedAll(
  stream: AsyncIterable<Buffer>,
  options: ExtractOptions,
  feed: Feed,
): Promise<FileDigests> {
  const guard = createTarGuard();
  const digests = new Map<string, string>();
  for await (const item of readTar(stream)) {
    const checked = guard.check(item.entry);
    const entry = {
      ...checked,
      name: options.rename(checked.name),
      linkName: checked.type === 'hardLink' ? options.rename(checked.linkName) : checked.linkName,
    };
    await feed(renderEntry(entry));
    if (entry.type === 'file') digests.set(entry.name, await feedContent(item, feed));
  }
  await feed(tarEnd);
  return digests;
}

async function feedContent(item: TarItem, feed: Feed): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of item.content) {
    hash.update(piece);
    await feed(piece);
  }
  await feed(renderPadding(item.entry.size));
  return hash.digest('base64');
}

async function translate(failure: KubeosError, folder: string): Promise<KubeosError> {
  const options = { cause: failure, details: failure.details };
  if (await isFull(folder)) {
    return new KubeosError('SLOT_TOO_SMALL', 'The archive does not fit into the slot', options);
  }
  const stderr = String(failure.details['stderr']);
  const code = stderr.includes('Input/output error') ? 'STORAGE_FAILED' : 'PAYLOAD_CORRUPT';
  return new KubeosError(code, `The archive cannot be unpacked: ${failure.message}`, options);
}

// Asked of the file system, because tar names a write that came short by other words than one that failed.
async function isFull(folder: string): Promise<boolean> {
  const { bavail, ffree } = await statfs(folder);
  return bavail < 16 || ffree === 0;
}
