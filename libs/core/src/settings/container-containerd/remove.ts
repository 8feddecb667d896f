/** Takes a key out of the text: an entry with its line, a table with its header, its entries and its inner tables. */
import type { AST } from 'toml-eslint-parser';
import { isHeaded, isWithin, type HeadedTable } from './find.ts';
import { isBelowBlank, isBlankLine, lineEnd, lineStart, tableEnd, type Splice } from './layout.ts';
import type { TomlDocument, WrittenTable } from './parse.ts';

/** What goes with everything at or below the path. Comments above it stay: nothing says what they are about. */
export function removeValue(document: TomlDocument, path: readonly string[]): readonly Splice[] {
  const isGone = (table: WrittenTable): boolean => isWithin(table.path, path);
  const gone = document.entries.filter(
    (entry) => isWithin(entry.path, path) && !isGone(entry.table),
  );
  const nodes = new Set(gone.map(({ node }) => node));
  return [
    ...runs(document.tables.filter(isHeaded), isGone).map((run) => removeTables(document, run)),
    ...[...new Set(gone.map(({ table }) => table))].flatMap(({ node }) =>
      node.type === 'TOMLInlineTable' ? removeMembers(document, node.body, nodes) : [],
    ),
    ...gone
      .filter(({ table }) => table.node.type !== 'TOMLInlineTable')
      .map(({ node }) => wholeLines(document.source, node.range)),
  ];
}

/** First and last of the tables that go and that follow each other in the file. */
interface Run {
  readonly first: HeadedTable;
  readonly last: HeadedTable;
}

function runs(
  tables: readonly HeadedTable[],
  isGone: (table: WrittenTable) => boolean,
): readonly Run[] {
  const found: Run[] = [];
  let run: Run | undefined;
  for (const table of [...tables, undefined]) {
    if (table !== undefined && isGone(table)) run = { first: run?.first ?? table, last: table };
    else if (run !== undefined) {
      found.push(run);
      run = undefined;
    }
  }
  return found;
}

/** Where that would leave two blank lines next to each other, one of them goes too. */
function removeTables(document: TomlDocument, { first, last }: Run): Splice {
  const { source } = document;
  const start = lineStart(source, first.node.range[0]);
  const end = tableEnd(document, last);
  const leavesTwo = isBelowBlank(source, start) && isBlankLine(source, end);
  if (!leavesTwo) return { start, end, text: '' };
  return start === 0
    ? { start, end: lineEnd(source, end), text: '' }
    : { start: lineStart(source, start - 1), end, text: '' };
}

function wholeLines(source: string, [start, end]: AST.Range): Splice {
  return { start: lineStart(source, start), end: lineEnd(source, end), text: '' };
}

/** TOML 1.0 has no comma behind the last member, so the one before it goes when the last ones go. */
function removeMembers(
  { source, commas }: TomlDocument,
  members: readonly AST.TOMLKeyValue[],
  gone: ReadonlySet<AST.TOMLKeyValue>,
): readonly Splice[] {
  const last = members.findLast((member) => !gone.has(member));
  return members.flatMap((member) => {
    const splices: Splice[] = [];
    const comma = commas.get(member.range[1]);
    const isBare = gone.has(member) || (member === last && member !== members.at(-1));
    if (gone.has(member)) splices.push(withBlanksBefore(source, member.range));
    if (isBare && comma !== undefined) splices.push({ start: comma[0], end: comma[1], text: '' });
    return splices;
  });
}

function withBlanksBefore(source: string, [start, end]: AST.Range): Splice {
  let from = start;
  while (source[from - 1] === ' ' || source[from - 1] === '\t') from -= 1;
  return { start: from, end, text: '' };
}
