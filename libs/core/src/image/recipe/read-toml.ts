/** Reads the TOML of a recipe. */
import { ParseError, parseTOML, type AST } from 'toml-eslint-parser';
import type { RecipeIssue, RecipePlace } from './recipe.ts';
import { pathText } from './path-text.ts';
import { buildTree, findPath, type WrittenTable } from './written.ts';

/** What could be read; without a tree the text is not TOML. */
export interface ReadToml {
  readonly root?: WrittenTable;
  readonly issues: readonly RecipeIssue[];
}

/** No recipe comes near it. */
const maxLength = 262_144;
/** Each of them costs one more reading. */
const maxDuplicates = 20;
const duplicate = 'Expected no second definition of this';
const byteOrderMark = '\uFEFF';

/** Reads TOML 1.1, which contains 1.0. Keys that are defined twice are all found, of other mistakes the first. */
export function readToml(text: string): ReadToml {
  if (text.length > maxLength) return failed(`Expected at most ${maxLength} characters`);
  const source = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  // TOML knows no such line end, but the parser takes what follows for a new line.
  const stray = /\r(?!\n)/.exec(source);
  if (stray !== null) {
    const place = placeAt(source, stray.index);
    return failed('Expected a line feed behind every carriage return', place);
  }
  return readUnique(source);
}

/**
 * The parser stops at the first key that is defined twice. It is given another name of the same length then, so that
 * all other places stay the same, and read again.
 */
function readUnique(source: string): ReadToml {
  const renamed = new Map<number, string>();
  let current = source;
  for (;;) {
    const read = parse(current);
    if ('body' in read) {
      const [top] = read.body;
      return { root: buildTree(top, renamed), issues: duplicates(source, renamed, top) };
    }
    const key = read.isDuplicate ? keyAt(source, read.index) : undefined;
    if (key === undefined || renamed.has(read.index) || renamed.size === maxDuplicates) {
      const last = { ...placeAt(source, read.index), path: '', message: read.message };
      return { issues: [...duplicates(source, renamed), last] };
    }
    renamed.set(read.index, key);
    const name = newName(key.length, renamed.size);
    current = current.slice(0, read.index) + name + current.slice(read.index + key.length);
  }
}

function duplicates(
  source: string,
  renamed: ReadonlyMap<number, string>,
  top?: AST.TOMLTopLevelTable,
): readonly RecipeIssue[] {
  return [...renamed].map(([index, key]) => ({
    ...placeAt(source, index),
    path: pathText((top && findPath(top, index, renamed)) ?? [key]),
    message: duplicate,
  }));
}

interface Failure {
  readonly message: string;
  readonly index: number;
  readonly isDuplicate: boolean;
}

/**
 * The library throws; it does so for its own stack too, where values nest by the thousand. And when it looks ahead to
 * the end of the text it loses its place: a `0` there would be in an empty range.
 */
function parse(source: string): AST.TOMLProgram | Failure {
  try {
    return parseTOML(`${source}\n`);
  } catch (error) {
    if (!(error instanceof ParseError)) {
      const message = 'Expected values of an ordinary size and depth';
      return { message, index: 0, isDuplicate: false };
    }
    const index = Math.min(error.index, source.length);
    if (error.message.startsWith('Defining a key multiple times')) {
      return { message: duplicate, index, isDuplicate: true };
    }
    // Two of its messages end with the character that they are about, which may be one of a secret.
    const message = error.message.replace(/(Invalid code point).*/u, '$1');
    return { message: `Expected valid TOML: ${message}`, index, isDuplicate: false };
  }
}

/** The key without quotes that starts there. */
function keyAt(source: string, index: number): string | undefined {
  const pattern = /[A-Za-z0-9_-]+/y;
  pattern.lastIndex = index;
  return pattern.exec(source)?.[0];
}

/** A name that no key of a recipe has. */
function newName(length: number, count: number): string {
  return String(count).padStart(length, '-').slice(-length);
}

function placeAt(source: string, index: number): RecipePlace {
  const before = source.slice(0, index);
  const line = before.split('\n').length;
  return { line, column: index - (before.lastIndexOf('\n') + 1) + 1 };
}

function failed(message: string, place: RecipePlace = { line: 1, column: 1 }): ReadToml {
  return { issues: [{ ...place, path: '', message }] };
}
