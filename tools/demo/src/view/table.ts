import type { Row } from './rows.ts';

const titles: Row = {
  node: 'NODE',
  runs: 'RUNS',
  slotA: 'SLOT A',
  slotB: 'SLOT B',
  cluster: 'CLUSTER',
  pods: 'PODS',
  now: 'NOW',
};
const columns = ['node', 'runs', 'slotA', 'slotB', 'cluster', 'pods', 'now'] as const;

/** The rows under their titles, in columns as wide as what stands in them, cut at the width of the terminal. */
export function renderTable(rows: readonly Row[], width: number): readonly string[] {
  const lines = [titles, ...rows];
  const widths = columns.map((key) => Math.max(...lines.map((row) => row[key].length)));
  return lines.map((row) =>
    columns
      .map((key, index) => row[key].padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()
      .slice(0, width),
  );
}

/** One row as a sentence of its own, for a log without a table. */
export function renderLine(row: Row): string {
  const slots = `A ${row.slotA}, B ${row.slotB}`;
  const now = row.now === '' ? '' : ` | ${row.now}`;
  return `${row.node} runs ${row.runs} | ${slots} | ${row.cluster}, ${row.pods} pods${now}`;
}
