/** What is in a layer, as entries of its archive. */
import { dirname } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { tarFile, tarFolder, tarLink } from '../artefacts/tar-stream.ts';
import { fileEntry } from './layout.ts';

/** A file or symbolic link of a layer. Everything belongs to root, and nobody else may write to it. */
export type LayerFile =
  | {
      readonly kind: 'file';
      /** Without a slash at its begin. */
      readonly path: string;
      /** The bytes, or the file of this machine that has them. */
      readonly content: Uint8Array | { readonly file: string };
      readonly executable?: boolean;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Files have no time, so that a layer with the same files is the same layer whenever it is made. */
const noTime = 0;

/**
 * The entries: folders before what is in them, sorted by name, so that files in any order make the same layer. Throws
 * `INVALID_ARGUMENT` where two files have one path, `STORAGE_FAILED`, `CANCELLED`.
 */
export async function* layerEntries(
  files: readonly LayerFile[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const folders = new Set<string>();
  const byPath = new Map<string, LayerFile>();
  for (const file of files) {
    if (byPath.has(file.path)) {
      throw new KubeosError('INVALID_ARGUMENT', `A layer has ${file.path} twice`);
    }
    byPath.set(file.path, file);
    for (let at = dirname(file.path); at !== '.'; at = dirname(at)) folders.add(at);
  }
  const taken = [...folders].find((path) => byPath.has(path));
  if (taken !== undefined) {
    throw new KubeosError('INVALID_ARGUMENT', `A layer has ${taken} as a folder and as a file`);
  }
  for (const path of [...folders, ...byPath.keys()].sort()) {
    const file = byPath.get(path);
    if (file === undefined) yield tarFolder(path, noTime);
    else yield* entryOf(file, signal);
  }
}

async function* entryOf(file: LayerFile, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (file.kind === 'link') {
    yield tarLink(file.path, file.target, noTime);
    return;
  }
  const { path, content, executable = false } = file;
  const mode = executable ? 0o755 : 0o644;
  if (content instanceof Uint8Array) {
    yield* tarFile(path, content.length, noTime, [Buffer.from(content)], mode);
  } else {
    yield* fileEntry(path, content.file, noTime, signal, mode);
  }
}
