/** Writes the CRDs and the reference pages. `npm run generate -- --check` tells whether they were up to date. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { generatedFiles } from './pages.ts';

const root = resolve(import.meta.dirname, '../../..');

for (const { path, text } of generatedFiles()) {
  const target = resolve(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
