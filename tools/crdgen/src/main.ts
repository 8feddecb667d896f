/** Writes the CRDs, the reference pages and the table of the chart's values. `npm run generate -- --check` tells whether they were up to date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { generatedFiles } from './pages.ts';
import { valuesTable, withTable } from './values-table.ts';

const root = resolve(import.meta.dirname, '../../..');

for (const { path, text } of generatedFiles()) {
  const target = resolve(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

const chart = (name: string): string => resolve(root, 'charts/kubeos', name);
const read = (name: string): string => readFileSync(chart(name), 'utf8');
const values = valuesTable(read('values.yaml'), read('values.schema.json'));
writeFileSync(chart('README.md'), withTable(read('README.md'), values));
