/** The values of a file together with where they stand in it. All places are offsets in UTF-16 units. */
import type { YamlList, YamlMap, YamlOpaque, YamlScalar } from './value.ts';

/** A stretch of the text. */
export interface Span {
  readonly start: number;
  /** Behind the last character; of a block, behind the last thing in it that is no comment. */
  readonly end: number;
}

/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

/** A scalar; of no length where nothing stands behind a key. */
export interface WrittenScalar extends Span {
  readonly kind: 'scalar';
  readonly value: YamlScalar;
  readonly style: ScalarStyle;
}

/** A key with its value. */
export interface WrittenEntry extends Span {
  readonly name: string;
  readonly keyStyle: ScalarStyle;
  /** Behind the colon. */
  readonly colonEnd: number;
  readonly node: WrittenNode;
}

/** A map: in braces, or as a block of lines. */
export interface WrittenMap extends Span {
  readonly kind: 'map';
  readonly value: YamlMap;
  readonly isFlow: boolean;
  readonly entries: readonly WrittenEntry[];
  /** Where the commas of a map in braces are. */
  readonly commas: readonly number[];
}

/** A list: in brackets, or as a block of lines. */
export interface WrittenList extends Span {
  readonly kind: 'list';
  readonly value: YamlList;
  readonly isFlow: boolean;
  readonly items: readonly WrittenNode[];
  readonly commas: readonly number[];
}

/** What cannot be edited. */
export interface WrittenOpaque extends Span {
  readonly kind: 'opaque';
  readonly value: YamlOpaque;
}

/** A value in the text. */
export type WrittenNode = WrittenScalar | WrittenMap | WrittenList | WrittenOpaque;
