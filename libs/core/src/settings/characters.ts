/**
 * Characters as the readers of these files see them: isspace(3) of the C locale. `trim()` of JavaScript also takes a
 * byte order mark and no-break blanks, which are part of a key or a value for those readers.
 */
const blanks = ' \t\r\v\f';

/** A text and the blanks around it; the three put together are what was cut. */
export interface CutText {
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

/** Cuts the blanks off both ends. A text of blanks is all `before`. */
export function cutBlanks(whole: string): CutText {
  let start = 0;
  while (start < whole.length && blanks.includes(whole.charAt(start))) start += 1;
  // Counted back by hand: a pattern that ends in `$` takes the square of the length on a long row of blanks.
  let end = whole.length;
  while (end > start && blanks.includes(whole.charAt(end - 1))) end -= 1;
  return { before: whole.slice(0, start), text: whole.slice(start, end), after: whole.slice(end) };
}

/**
 * True when the text would not stay one piece of a line: a line break or another control character, or half a character,
 * which turns into another one when it is written.
 */
export function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}\p{Cs}]/u.test(text);
}
