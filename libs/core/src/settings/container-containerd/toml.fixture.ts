/** Files of TOML of every style that a person may write, for the properties. */

/** What stands around the things of a file and means nothing. */
interface Trim {
  readonly indent: string;
  readonly above: readonly string[];
  readonly behind: string;
  readonly equals: string;
}
type Node =
  | { readonly kind: 'value'; readonly text: string }
  /** Written as `name.inner = value`. */
  | { readonly kind: 'dotted'; readonly entries: readonly Entry[] }
  | TableNode
  | { readonly kind: 'tables'; readonly items: readonly TableNode[] };
interface TableNode {
  readonly kind: 'table';
  /** Where its header is: `before` or `behind` its inner tables, or `none`. */
  readonly header: string;
  readonly entries: readonly Entry[];
}
interface Entry {
  readonly name: string;
  readonly node: Node;
  readonly trim: Trim;
}

const names = ['a', 'b', 'c-1', '1', 'd.e', 'f g', "h'i", 'größe', 'constructor', 'toString'];
const integers = ['0', '-17', '+5', '0xDEAD_beef', '0o17', '0b11', '1_000', '9223372036854775807'];
const floats = ['1.0', '-0.5', '6.02e23', '1e-7', 'inf', '-inf', 'nan', '0.0'];
const texts = ['""', "''", '"a # b"', "'c:\\d'", '"\\u00e9\\n\\"[x]"', '"größe"', "'[a]'"];
const others = [
  ...['true', 'false', '1979-05-27', '07:32:00', '1979-05-27T07:32:00Z', '1979-05-27 07:32:00.5'],
  ...['"""\n[a]\n# no comment\n  x = 1"""', "'''\ny\n'''", '"""a \\\n  b"""', '"""quote: \\""""'],
];

const comments = ['# c', '#', '#a = 1', '# [a]', '# "', '# größe'];
const blanks = ['', '  ', '\t'];

/** Picks below a limit; the simplest thing comes first everywhere. */
type Draw = (limit: number) => number;

/** Names for keys of a request: those of the files and a few that are in none. */
export const keyNames: readonly string[] = [...names, 'new', 'x.y'];

/** A file as these numbers choose it, any and any count of them; `from` are the names that its keys are made of. */
export function tomlFile(numbers: readonly number[], from: readonly string[] = names): string {
  const rest = numbers.values();
  const draw: Draw = (limit) => (rest.next().value ?? 0) % limit;
  const newline = pick(draw, ['\n', '\r\n']);
  const bom = pick(draw, ['', '', '\uFEFF']);
  const end = pick(draw, ['\n', '', '\n# end', '\n\n# end\n']);
  const lines = linesOf(drawTable(draw, from, 0), [], undefined, draw(2) === 1);
  return bom + (lines.join('\n') + end).replaceAll('\n', newline);
}

function pick(draw: Draw, list: readonly string[]): string {
  const at = draw(list.length);
  return list.slice(at, at + 1).join('');
}

function drawTable(draw: Draw, from: readonly string[], depth: number): TableNode {
  const header = pick(draw, ['before', 'before', 'behind', 'none']);
  const entries = drawEntries(draw, from, depth === 0 ? 6 : 4, () => drawNode(draw, from, depth));
  return { kind: 'table', header, entries };
}

function drawNode(draw: Draw, from: readonly string[], depth: number): Node {
  const kind = draw(depth < 4 ? 6 : 3);
  if (kind < 2) return { kind: 'value', text: drawValue(draw, 0) };
  if (kind === 2) return drawDotted(draw, from, 0);
  if (kind < 5) return drawTable(draw, from, depth + 1);
  const items = Array.from({ length: 1 + draw(2) }, () => drawTable(draw, from, depth + 1));
  return { kind: 'tables', items };
}

function drawDotted(draw: Draw, from: readonly string[], depth: number): Node {
  const entries = drawEntries(draw, from, 2, () =>
    depth < 2 && draw(3) === 1
      ? drawDotted(draw, from, depth + 1)
      : { kind: 'value', text: drawValue(draw, 0) },
  );
  return entries.length > 0 ? { kind: 'dotted', entries } : { kind: 'value', text: '0' };
}

function drawEntries(
  draw: Draw,
  from: readonly string[],
  limit: number,
  node: () => Node,
): readonly Entry[] {
  const chosen = new Set(Array.from({ length: draw(limit + 1) }, () => pick(draw, from)));
  return [...chosen].map((name) => ({ name, node: node(), trim: drawTrim(draw) }));
}

function drawTrim(draw: Draw): Trim {
  const above = Array.from({ length: draw(3) }, () => pick(draw, [...blanks, ...comments]));
  const behind = draw(2) === 1 ? ` ${pick(draw, comments)}` : '';
  return { indent: pick(draw, blanks), above, behind, equals: pick(draw, [' = ', '=', '\t=  ']) };
}

function drawValue(draw: Draw, depth: number, isOneLine = false): string {
  const kind = draw(depth < 3 ? 7 : 4);
  if (kind === 0) return pick(draw, integers);
  if (kind === 1) return pick(draw, floats);
  if (kind === 2) return pick(draw, texts);
  if (kind === 3) return pick(draw, isOneLine ? texts : others);
  if (kind === 4) return drawBraces(draw, depth + 1);
  return drawList(draw, depth + 1, isOneLine);
}

function drawList(draw: Draw, depth: number, isOneLine: boolean): string {
  const items = Array.from({ length: draw(4) }, () => drawValue(draw, depth, isOneLine));
  const last = items.length > 0 && draw(2) === 1 ? ',' : '';
  if (isOneLine || draw(2) === 0) return `[${items.join(', ')}${last}]`;
  const indent = pick(draw, blanks);
  const lines = items.map((item, index) => {
    const note = draw(2) === 1 ? ` ${pick(draw, comments)}` : '';
    return `${indent}${item}${index < items.length - 1 ? ',' : last}${note}\n`;
  });
  return `[\n${lines.join('')}${indent}]`;
}

function drawBraces(draw: Draw, depth: number): string {
  const chosen = [...new Set(Array.from({ length: draw(4) }, () => pick(draw, names)))];
  const entries = chosen.map((name) => {
    // The dotted part has a name that no other entry has.
    const key = draw(3) === 1 ? [`${name}x`, 'y'] : [name];
    const isQuoted = draw(2) === 1;
    const text = drawValue(draw, depth, true);
    return `${key.map((part) => keyOf(part, isQuoted)).join('.')} = ${text}`;
  });
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function linesOf(
  { header, entries }: TableNode,
  path: readonly string[],
  opening: string | undefined,
  isQuoted: boolean,
): readonly string[] {
  const key = (parts: readonly string[]): string =>
    parts.map((part) => keyOf(part, isQuoted)).join('.');
  const own = entries.flatMap((entry) => entryLines(entry, [], key));
  const inner = entries.flatMap(({ name, node, trim: { indent, above, behind } }) => {
    const at = [...path, name];
    if (node.kind === 'table') {
      const head = [...above, `${indent}[${key(at)}]${behind}`].join('\n');
      return linesOf(node, at, head, isQuoted);
    }
    if (node.kind !== 'tables') return [];
    const head = [...above, `${indent}[[${key(at)}]]${behind}`].join('\n');
    return node.items.flatMap((item) => linesOf({ ...item, header: 'before' }, at, head, isQuoted));
  });
  if (opening === undefined) return [...own, ...inner];
  // Without entries and inner tables, a table without a header would not be there at all.
  if (header === 'none' && own.length === 0 && inner.length > 0) return inner;
  return header === 'behind' ? [...inner, opening, ...own] : [opening, ...own, ...inner];
}

function entryLines(
  { name, node, trim: { indent, above, behind, equals } }: Entry,
  prefix: readonly string[],
  key: (parts: readonly string[]) => string,
): readonly string[] {
  const at = [...prefix, name];
  if (node.kind === 'dotted') return node.entries.flatMap((entry) => entryLines(entry, at, key));
  return node.kind === 'value'
    ? [...above, `${indent}${key(at)}${equals}${node.text}${behind}`]
    : [];
}

function keyOf(name: string, isQuoted: boolean): string {
  if (!isQuoted && /^[\w-]+$/.test(name)) return name;
  return isQuoted && !name.includes("'") ? `'${name}'` : JSON.stringify(name);
}
