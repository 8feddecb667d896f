/** Reads TOML into its values and into where each of them is written; the text itself stays as it is. */
import { ParseError, parseTOML, type AST } from 'toml-eslint-parser';
import type { FilePlan } from '../setting.ts';
import { maxDepth, type TomlTable } from './value.ts';
import { buildTree, keyNames } from './tree.ts';

/** Names of tables from the outermost one; a number is a place in an array of tables. */
export type TomlPath = readonly (string | number)[];

/** A table that has a place in the text: the file itself, what is below a header, or an inline table. */
export interface WrittenTable {
  readonly path: TomlPath;
  readonly node: AST.TOMLTopLevelTable | AST.TOMLTable | AST.TOMLInlineTable;
}

/** A `key = value`. */
export interface WrittenEntry {
  readonly path: TomlPath;
  readonly table: WrittenTable;
  readonly node: AST.TOMLKeyValue;
}

/** A file of TOML. */
export interface TomlDocument {
  readonly bom: string;
  /** What follows the byte order mark; all ranges count from here, in UTF-16 units. */
  readonly source: string;
  /** In the order of the file, the file itself first. What lies in lists is not here. */
  readonly tables: readonly WrittenTable[];
  readonly entries: readonly WrittenEntry[];
  /** The commas, by the end of what is before them. */
  readonly commas: ReadonlyMap<number, AST.Range>;
  readonly root: TomlTable;
}

/** A file that cannot be edited. */
export type Unreadable = Extract<FilePlan, { readonly kind: 'unreadable' }>;

/** No configuration of containerd comes near it; every change costs one more reading of the file. */
const maxLength = 262_144;
const byteOrderMark = '\uFEFF';

/** Reads a file of TOML 1.1, which contains 1.0. */
export function parseToml(
  text: string,
): { readonly kind: 'document'; readonly document: TomlDocument } | Unreadable {
  if (text.length > maxLength) return unreadable(`Expected at most ${maxLength} characters`);
  const bom = text.startsWith(byteOrderMark) ? byteOrderMark : '';
  const source = text.slice(bom.length);
  // TOML knows no such line end, but the parser takes what follows for a new line.
  const stray = /\r(?!\n)/.exec(source);
  if (stray !== null) {
    const line = lineCount(source.slice(0, stray.index));
    return unreadable('Expected a line feed behind every carriage return', line);
  }
  const program = readProgram(source);
  if ('kind' in program) return program;
  const [top] = program.body;
  const tooDeep = firstTooDeep(program.tokens);
  if (tooDeep !== undefined) {
    return unreadable(`Expected at most ${maxDepth} levels of nesting`, tooDeep.loc.start.line);
  }
  const commas = findCommas(program.tokens);
  return {
    kind: 'document',
    document: { bom, source, commas, ...findWritten(top), root: buildTree(top) },
  };
}

/**
 * The library throws; it does so for its own stack too, where values nest by the thousand or a string is huge. And when
 * it looks ahead to the end of the text it loses its place: a `0` there would be in an empty range.
 */
function readProgram(source: string): AST.TOMLProgram | Unreadable {
  try {
    return parseTOML(`${source}\n`);
  } catch (error) {
    if (!(error instanceof ParseError)) {
      return unreadable('Expected values of an ordinary size and depth');
    }
    // Two of its messages end with the character that they are about.
    const message = error.message.replace(/(Invalid code point).*/u, '$1');
    const line = Math.min(error.lineNumber, lineCount(source));
    return unreadable(`Expected valid TOML: ${message}`, line);
  }
}

function lineCount(source: string): number {
  return source.split('\n').length;
}

/** The first place where brackets or the parts of a key go too deep. */
function firstTooDeep(tokens: readonly AST.Token[]): AST.Token | undefined {
  let brackets = 0;
  let dots = 0;
  return tokens.find(({ type, value }) => {
    if (type !== 'Punctuator') return false;
    if (value === '[' || value === '{') brackets += 1;
    else if (value === ']' || value === '}') brackets -= 1;
    dots = value === '.' ? dots + 1 : 0;
    return brackets > maxDepth || dots > maxDepth;
  });
}

function findCommas(tokens: readonly AST.Token[]): ReadonlyMap<number, AST.Range> {
  const commas = new Map<number, AST.Range>();
  let end = 0;
  for (const { type, value, range } of tokens) {
    if (type === 'Punctuator' && value === ',') commas.set(end, range);
    end = range[1];
  }
  return commas;
}

function findWritten(top: AST.TOMLTopLevelTable): Pick<TomlDocument, 'tables' | 'entries'> {
  const tables: WrittenTable[] = [];
  const entries: WrittenEntry[] = [];
  const visit = (table: WrittenTable): void => {
    tables.push(table);
    for (const node of table.node.body) {
      if (node.type !== 'TOMLKeyValue') continue;
      const path = [...table.path, ...keyNames(node.key)];
      entries.push({ path, table, node });
      if (node.value.type === 'TOMLInlineTable') visit({ path, node: node.value });
    }
  };
  visit({ path: [], node: top });
  for (const node of top.body) {
    if (node.type === 'TOMLTable') visit({ path: node.resolvedKey, node });
  }
  return { tables, entries };
}

function unreadable(message: string, line?: number): Unreadable {
  return { kind: 'unreadable', message, ...(line === undefined ? {} : { line }) };
}
