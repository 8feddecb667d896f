/** Changes a document, and makes sure that it says afterwards what it was changed to. */
import { applySplices, type Splice } from './layout.ts';
import { parseToml, type TomlDocument } from './parse.ts';
import { renderToml } from './render.ts';
import { isSameValue, type TomlValue } from './value.ts';

/** One step of a change: what to replace in the document as the steps before it left it. */
export type Step = (document: TomlDocument) => readonly Splice[];

/**
 * The document after all steps, read anew from its text. `undefined` when that text cannot be read or its values are
 * not exactly the wanted ones: whatever the text looked like before, nothing else may have changed with the key.
 */
export function changeDocument(
  document: TomlDocument,
  steps: readonly Step[],
  wanted: TomlValue | undefined,
): TomlDocument | undefined {
  let changed = document;
  for (const step of steps) {
    const source = applySplices(changed.source, step(changed));
    const read = parseToml(renderToml({ ...changed, source }));
    if (read.kind === 'unreadable') return undefined;
    changed = read.document;
  }
  return wanted !== undefined && isSameValue(changed.root, wanted) ? changed : undefined;
}
