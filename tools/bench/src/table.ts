import type { Result } from './result.ts';

/** The figures as text: one line each, columns below each other. */
export function renderTable(results: readonly Result[]): string {
  const rows = results.map(({ name, value, unit, target, ok }) => [
    name,
    String(value),
    unit,
    target ?? '',
    target === undefined ? '' : ok ? 'ok' : 'MISSED',
  ]);
  const all = [['figure', 'value', 'unit', 'target', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  return all.map((row) => renderRow(row, widths)).join('\n');
}

function renderRow(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((text, column) => {
    const width = widths[column] ?? 0;
    return column === 1 ? text.padStart(width) : text.padEnd(width);
  });
  return cells.join('  ').trimEnd();
}
