/** The little Markdown that the reference pages need. */

/** The first line of a page that is written by this tool. */
export function generated(): string {
  return '<!-- Written by npm run generate. -->\n';
}

/** A text that does not end a cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** A table; the cells are Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${header.map(() => '---|').join('')}`;
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n`;
}
