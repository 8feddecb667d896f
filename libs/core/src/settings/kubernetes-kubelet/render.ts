/** The text of a document, to the byte what was read. */
import type { YamlDocument } from './parse.ts';

/** The whole file. */
export function renderYaml({ bom, source }: YamlDocument): string {
  return bom + source;
}
