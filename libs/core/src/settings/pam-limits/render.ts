/** Writes `limits.conf`. */
import { appendLines, joinLines } from '../lines.ts';
import type { Limit, LimitLine, LimitParts } from './parse.ts';
import type { LimitWish } from './request.ts';

/** The text of a file with new limits behind its lines. */
export function renderLimits(
  lines: readonly LimitLine[],
  added: readonly LimitWish[] = [],
): string {
  const texts = added.map(({ domain, type, item, value }) => `${domain} ${type} ${item} ${value}`);
  return joinLines(appendLines(lines, texts));
}

/** The line with another value: the other columns, blanks and the comment stay as they are. */
export function withValue(line: LimitLine, limit: Limit, value: string): LimitLine {
  return { ...line, text: limit.head + value + limit.tail, limit: { ...limit, value } };
}

/** Limits in the terms of a request. */
export function limitText(limits: readonly LimitParts[]): string {
  return limits.map(({ type, item, value }) => `${type}.${item}.${value}`).join(', ');
}
