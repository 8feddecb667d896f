/** The text of a document, to the byte what was read. */
import type { TomlDocument } from './parse.ts';

/** The whole file. */
export function renderToml({ bom, source }: TomlDocument): string {
  return bom + source;
}
