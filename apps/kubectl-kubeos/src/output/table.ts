/** Tables as kubectl prints them. */

/** What a cell says, in which colour. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** How good what is said is. */
export type Tone = 'good' | 'busy' | 'bad';

const colours: Readonly<Record<Tone, number>> = { good: 32, busy: 33, bad: 31 };
const gap = '   ';

/** Lines of a table: a header, and columns that are as wide as their longest cell. An empty cell is shown as `-`. */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  inColour: boolean,
): readonly string[] {
  const cells = [header.map((text): Cell => ({ text })), ...rows];
  const widths = header.map((_name, column) =>
    Math.max(...cells.map((row) => shown(row[column]).length)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => {
        const isLast = column === row.length - 1;
        const padding = isLast ? '' : ' '.repeat((widths[column] ?? 0) - shown(cell).length);
        return `${inColour ? coloured(cell) : shown(cell)}${padding}`;
      })
      .join(gap),
  );
}

function shown(cell: Cell | undefined): string {
  const text = (cell?.text ?? '').replaceAll('\n', ' ');
  return text === '' ? '-' : text;
}

function coloured(cell: Cell): string {
  if (cell.tone === undefined) return shown(cell);
  return `\u001b[${String(colours[cell.tone])}m${shown(cell)}\u001b[0m`;
}

/** Lines `Name:   text`, with the texts below each other. Empty texts are left out. */
export function sheetLines(entries: readonly (readonly [string, string])[]): readonly string[] {
  const told = entries.filter(([, text]) => text !== '');
  const width = Math.max(0, ...told.map(([name]) => name.length));
  return told.map(([name, text]) => `${`${name}:`.padEnd(width + 1)}${gap}${text}`);
}

/** A text that is cut where it is longer than that. */
export function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
