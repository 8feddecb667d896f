/** What a bundle says of itself. */
import { KubeosError } from '@kubeos/core';
import * as z from 'zod/mini';

/** The part of esbuild's metafile that says what is in a bundle, https://esbuild.github.io/api/#metafile. */
const Metafile = z.object({
  outputs: z.record(
    z.string(),
    z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) }),
  ),
});

/** Options of Node.js in the first line of a bundle, under which it is to run: they keep memory small. */
export function nodeOptionsOf(bundle: string): readonly string[] {
  const [line = ''] = bundle.split('\n', 1);
  const found = /^#!\/usr\/bin\/env -S node(?<options>(?: --\S+)*)$/u.exec(line);
  if (found === null) {
    throw new KubeosError('INVALID_CONFIGURATION', `A bundle begins with ${JSON.stringify(line)}`);
  }
  return (found.groups?.['options'] ?? '').split(' ').filter((option) => option !== '');
}

/** Folders of the npm packages that something of is in a bundle, as the metafile names them, sorted. */
export function bundledFolders(metafile: unknown): readonly string[] {
  const inputs = Object.values(Metafile.parse(metafile).outputs).flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  const folders = inputs.flatMap((path) => {
    // Greedy: a package may have packages of its own.
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(path)?.[0];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}
