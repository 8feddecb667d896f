import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { factorySettings, parameterFile } from '../node/factory-settings.ts';
import type { NodeRoot } from '../node/node-root.ts';
import { changedLines } from '../view/changed-lines.ts';
import type { Findings } from './differences.ts';

/** Parameters of the kernel that the steps look at. */
const parameters = ['vm.max_map_count', 'vm.swappiness'] as const;

/** Each file of settings by its lines that are not as from the factory, and what the kernel runs with. */
export async function inSettings({ root }: NodeRoot): Promise<Findings> {
  const found: Record<string, string> = {};
  for (const [path, factory] of Object.entries(factorySettings)) {
    const text = await readFile(join(root, path), 'utf8');
    found[`changes of ${path}`] = changesText(changedLines(factory, text));
  }
  for (const key of parameters) {
    const text = await readFile(join(root, parameterFile(key)), 'utf8');
    found[`${key} in the kernel`] = text.trim();
  }
  return found;
}

/** Changed lines as one finding. */
export function changesText(lines: readonly string[]): string {
  return lines.length === 0 ? 'none' : lines.join(' | ');
}
