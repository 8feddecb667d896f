/** Makes of the nodes of the library those that a plan works on. */
import {
  isAlias,
  isMap,
  isSeq,
  type Alias,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { ScalarStyle, Span, WrittenEntry, WrittenNode, WrittenOpaque } from './node.ts';
import { readPlain } from './plain.ts';
import { orderedText, type YamlValue } from './value.ts';

/** Something that keeps a file from being edited. */
export interface Fault {
  readonly at: number;
  /** A sentence for people that quotes nothing of the file. */
  readonly message: string;
}

/** How deep maps and lists may lie in each other, so that walking them fits on the stack. */
const maxDepth = 32;

/** What is said of a file that goes deeper. */
export const tooDeep = `Expected at most ${maxDepth} levels of nesting`;

/** What YAML allows for a key on one line. */
const maxKeyLength = 1024;

type Content = Exclude<ParsedNode, Alias>;

/** Reads a node and all within it; `faults` gets what is wrong there. */
export function readNode(parsed: ParsedNode, faults: Fault[], depth = 0): WrittenNode {
  const [start, end] = parsed.range;
  if (isAlias(parsed)) return opaque({ start, end }, `*${parsed.source}`);
  if (depth > maxDepth) {
    faults.push({ at: start, message: tooDeep });
    return opaque({ start, end }, '');
  }
  const node = readContent(parsed, faults, depth);
  const { anchor, tag } = parsed;
  if (anchor === undefined && tag === undefined) return node;
  return opaque(node, `&${anchor ?? ''} !${tag ?? ''} ${orderedText(node.value)}`);
}

function readContent(parsed: Content, faults: Fault[], depth: number): WrittenNode {
  if (isMap(parsed)) return readMap(parsed, faults, depth);
  return isSeq(parsed) ? readList(parsed, faults, depth) : readScalar(parsed);
}

function readScalar({ source, type, range: [start, end] }: Scalar.Parsed): WrittenNode {
  const style = styleOf(type);
  const value: YamlValue =
    style === 'plain' ? readPlain(source) : { kind: 'string', value: source };
  if (value.kind === 'opaque') return opaque({ start, end }, value.text);
  return { kind: 'scalar', value, style, start, end };
}

function styleOf(type: Scalar.Type | undefined): ScalarStyle {
  switch (type) {
    case 'QUOTE_SINGLE':
      return 'single';
    case 'QUOTE_DOUBLE':
      return 'double';
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return 'block';
    default:
      return 'plain';
  }
}

function readList(parsed: YAMLSeq.Parsed, faults: Fault[], depth: number): WrittenNode {
  const items = parsed.items.map((item) => readNode(item, faults, depth + 1));
  const isFlow = parsed.flow === true;
  return {
    kind: 'list',
    value: { kind: 'list', items: items.map(({ value }) => value) },
    isFlow,
    items,
    commas: findCommas(parsed),
    ...spanOf(parsed, isFlow, items.at(-1)),
  };
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

function readMap(parsed: YAMLMap.Parsed, faults: Fault[], depth: number): WrittenNode {
  const pairs = parsed.items.map((pair) => readPair(pair, faults, depth + 1));
  const isFlow = parsed.flow === true;
  const span = spanOf(parsed, isFlow, pairs.at(-1)?.node);
  const entries = pairs.flatMap((pair) => ('name' in pair ? [pair] : []));
  checkKeys(entries, faults);
  if (entries.length < pairs.length) return opaque(span, pairs.map(pairText).join());
  return {
    kind: 'map',
    value: { kind: 'map', entries: new Map(entries.map(({ name, node }) => [name, node.value])) },
    isFlow,
    entries,
    commas: findCommas(parsed),
    ...span,
  };
}

/** An entry of a kind that is not followed: its key is not one name, or it is a merge of other maps. */
interface OddEntry {
  readonly key: WrittenNode;
  readonly node: WrittenNode;
}

function readPair(pair: ParsedPair, faults: Fault[], depth: number): WrittenEntry | OddEntry {
  const key = readNode(pair.key, faults, depth);
  const colon = pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
  const isExplicit = pair.srcToken?.start.some(({ type }) => type === 'explicit-key-ind');
  const none = { start: key.end, end: key.end };
  const node = pair.value === null ? opaque(none, '') : readNode(pair.value, faults, depth);
  const name = nameOf(key);
  if (name === undefined || colon === undefined || isExplicit === true) return { key, node };
  const colonEnd = colon.offset + 1;
  return { ...name, start: key.start, colonEnd, end: Math.max(colonEnd, node.end), node };
}

/** Keys are texts for kubelet, whatever they look like: `yes` is the key `true`. */
function nameOf(key: WrittenNode): Pick<WrittenEntry, 'name' | 'keyStyle'> | undefined {
  if (key.kind !== 'scalar' || key.value.kind === 'null') return undefined;
  const { value, style: keyStyle } = key;
  if (value.kind === 'number') return { name: value.text, keyStyle };
  const isMerge = keyStyle === 'plain' && value.value === '<<';
  return isMerge ? undefined : { name: String(value.value), keyStyle };
}

/** B-46: of two entries with one key, kubelet takes either. Keys that are too long it does not find the end of. */
function checkKeys(entries: readonly WrittenEntry[], faults: Fault[]): void {
  const names = new Set<string>();
  for (const { name, start, colonEnd } of entries) {
    if (names.has(name)) faults.push({ at: start, message: 'Expected each key of a map once' });
    names.add(name);
    const isLong = colonEnd - start > maxKeyLength;
    if (isLong) faults.push({ at: start, message: 'Expected keys of at most 1024 characters' });
  }
}

/** The library counts the comments below a block to it, which may be about what follows. */
function spanOf(
  { range: [start, end] }: YAMLMap.Parsed | YAMLSeq.Parsed,
  isFlow: boolean,
  last: WrittenNode | undefined,
): Span {
  return { start, end: isFlow || last === undefined ? end : last.end };
}

function findCommas({ srcToken }: YAMLMap.Parsed | YAMLSeq.Parsed): readonly number[] {
  if (srcToken?.type !== 'flow-collection') return [];
  return srcToken.items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'comma').map(({ offset }) => offset),
  );
}

function pairText(pair: WrittenEntry | OddEntry): string {
  const key = 'name' in pair ? JSON.stringify(pair.name) : orderedText(pair.key.value);
  return `${key}: ${orderedText(pair.node.value)}`;
}

function opaque({ start, end }: Span, text: string): WrittenOpaque {
  return { kind: 'opaque', value: { kind: 'opaque', text }, start, end };
}
