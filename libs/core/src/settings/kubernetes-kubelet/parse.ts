/** Reads YAML into its values and where they stand; the text itself stays as it is. */
import { isScalar, parseAllDocuments, type ErrorCode, type ParsedNode } from 'yaml';
import type { FilePlan } from '../setting.ts';
import type { WrittenMap } from './node.ts';
import { readNode, tooDeep, type Fault } from './tree.ts';
import { emptyMap, type YamlMap } from './value.ts';

/** A file of YAML. */
export interface YamlDocument {
  readonly bom: string;
  /** What follows the byte order mark; all places count from here, in UTF-16 units. */
  readonly source: string;
  /** The map that the file is; absent when the file says nothing. */
  readonly top?: WrittenMap;
  /** Its values; empty when the file says nothing. */
  readonly root: YamlMap;
}

/** A file that cannot be edited. */
export type Unreadable = Extract<FilePlan, { readonly kind: 'unreadable' }>;

/** No configuration of kubelet comes near it; every change costs one more reading of the file. */
const maxLength = 65_536;
const byteOrderMark = '\uFEFF';
/**
 * What kubelet's library does not read, and what ends a line for it but not for the library here, which follows
 * YAML 1.2: the same text would have other keys there.
 */
const strange =
  /\r(?!\n)|[^\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/** Reads a file of YAML. */
export function parseYaml(
  text: string,
): { readonly kind: 'document'; readonly document: YamlDocument } | Unreadable {
  if (text.length > maxLength) return unreadable(`Expected at most ${maxLength} characters`);
  const bom = text.startsWith(byteOrderMark) ? byteOrderMark : '';
  const source = text.slice(bom.length);
  const character = strange.exec(source);
  if (character !== null) {
    const message = 'Expected lines of printable characters that end in a line feed';
    return unreadable(message, lineAt(source, character.index));
  }
  const read = readTop(source);
  if ('message' in read) return unreadable(read.message, lineAt(source, read.at));
  const { top } = read;
  return {
    kind: 'document',
    document: { bom, source, root: top?.value ?? emptyMap, ...(top === undefined ? {} : { top }) },
  };
}

function readTop(source: string): { readonly top?: WrittenMap } | Fault {
  // All scalars are texts for this schema: `readPlain` says what kubelet takes them for. The check for repeated keys
  // is done here as well, since that of the library takes the square of their number.
  const documents = parseAllDocuments(source, {
    schema: 'failsafe',
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
  });
  const [document, second] = documents;
  if (document === undefined) return {};
  const [error] = document.errors;
  if (error !== undefined) return { at: error.pos[0], message: messageOf(error.code) };
  if (second !== undefined) return { at: second.range[0], message: 'Expected one document' };
  const { contents } = document;
  if (contents === null || isNothing(contents)) return {};
  const faults: Fault[] = [];
  const top = readNode(contents, faults);
  const [fault] = faults;
  if (fault !== undefined) return fault;
  if (top.kind === 'map') return { top };
  const message = 'Expected a map of plain keys, without anchor, tag or merge key';
  return { at: top.start, message };
}

/** True for what the library makes of a document in which there are only comments. */
function isNothing(node: ParsedNode): boolean {
  const isMarked = node.anchor !== undefined || node.tag !== undefined;
  return isScalar(node) && node.type === 'PLAIN' && node.source === '' && !isMarked;
}

/** Most messages of the library quote the file. */
function messageOf(code: ErrorCode): string {
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep;
  return `Expected valid YAML: ${code.toLowerCase().replaceAll('_', ' ')}`;
}

/** The line of a place, counted from 1. */
export function lineAt(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}

/** Says that a file cannot be edited. */
export function unreadable(message: string, line?: number): Unreadable {
  return { kind: 'unreadable', message, ...(line === undefined ? {} : { line }) };
}
