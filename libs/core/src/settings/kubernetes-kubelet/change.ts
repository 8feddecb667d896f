/** Changes a document, and makes sure that it says afterwards what it was changed to. */
import { applySplices, type Splice } from './layout.ts';
import { parseYaml, type YamlDocument } from './parse.ts';
import { renderYaml } from './render.ts';
import { orderedText, type YamlValue } from './value.ts';

/** One step of a change: what to replace in the document as the steps before it left it. */
export type Step = (document: YamlDocument) => readonly Splice[];

/**
 * The document after all steps, read anew from its text. `undefined` when that text cannot be read or its values are
 * not exactly the wanted ones: whatever the text looked like before, nothing else may have changed with the key.
 */
export function changeDocument(
  document: YamlDocument,
  steps: readonly Step[],
  wanted: YamlValue,
): YamlDocument | undefined {
  let changed = document;
  for (const step of steps) {
    const source = applySplices(changed.source, step(changed));
    const read = parseYaml(renderYaml({ ...changed, source }));
    if (read.kind === 'unreadable') return undefined;
    changed = read.document;
  }
  return orderedText(changed.root) === orderedText(wanted) ? changed : undefined;
}
