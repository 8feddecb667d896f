/** The documents of the repository. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readMarkdown, type Fence, type Markdown } from './markdown.ts';

/** Folder of the repository. */
export const repository = resolve(import.meta.dirname, '../../..');

/** A document. */
export interface Page extends Markdown {
  /** Path from the repository's folder. */
  readonly path: string;
  readonly text: string;
}

const patterns = ['*.md', 'docs/**/*.md', '{apps,charts,libs,tools}/*/README.md'];

/** Reads all documents, in the order of their paths. */
export function readPages(): readonly Page[] {
  const paths = globSync(patterns, { cwd: repository }).sort();
  return paths.map((path) => {
    const text = readFileSync(join(repository, path), 'utf8');
    return { path, text, ...readMarkdown(text) };
  });
}

/** A block of a page. */
export interface Example extends Fence {
  /** Where it stands: page and line. */
  readonly where: string;
}

/** The blocks of this language and use. */
export function examplesOf(language: string, use: string): readonly Example[] {
  return readPages().flatMap(({ path, fences }) =>
    fences
      .filter((fence) => fence.language === language && fence.use === use)
      .map((fence) => ({ ...fence, where: `${path}:${fence.line}` })),
  );
}
