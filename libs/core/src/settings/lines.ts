/** Text as lines that keep their own ends, so that what is not touched stays as it is, byte for byte. */

/** One line of a text. */
export interface Line {
  readonly text: string;
  /** As it stands in the file; empty only at the end of a text whose last line is not ended. */
  readonly end: '\n' | '\r\n' | '';
}

/** The lines of a text; an empty text has none. */
export function splitLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    if (newline === -1) {
      lines.push({ text: text.slice(start), end: '' });
      break;
    }
    const end = newline > start && text[newline - 1] === '\r' ? '\r\n' : '\n';
    lines.push({ text: text.slice(start, newline + 1 - end.length), end });
    start = newline + 1;
  }
  return lines;
}

/** The text of these lines. */
export function joinLines(lines: readonly Line[]): string {
  return lines.map(({ text, end }) => text + end).join('');
}

/** Puts new lines behind these, with the line ends that the text has; a last line without one gets one. */
export function appendLines(lines: readonly Line[], texts: readonly string[]): readonly Line[] {
  if (texts.length === 0) return lines;
  const end: Line['end'] = lines[0]?.end === '\r\n' ? '\r\n' : '\n';
  const ended = lines.map((line): Line => (line.end === '' ? { ...line, end } : line));
  return [...ended, ...texts.map((text): Line => ({ text, end }))];
}
