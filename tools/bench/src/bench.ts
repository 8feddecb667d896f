import { KubeosError } from '@kubeos/core';
import { makeDemoFolder, removeDeadFolders, removeFolder, repositoryFile } from '@kubeos/demo';
import { writeFileDurably } from '@kubeos/host';

import type { Case } from './case.ts';
import { describeMachine, describeVersions } from './machine.ts';
import type { Result } from './result.ts';
import { renderTable } from './table.ts';

/** What a run of the benchmark needs. */
export interface BenchOptions {
  readonly cases: readonly Case[];
  /** Names of the cases to run; empty: all. */
  readonly names: readonly string[];
  readonly print: (line: string) => void;
  /** Ends it at any moment; everything is taken away then. */
  readonly signal: AbortSignal;
}

/**
 * Runs the cases one after the other, prints the figures and writes them to `bench.json`. True when every target was
 * met. Throws `INVALID_ARGUMENT` for a name that is none, and what a case throws.
 */
export async function runBench(options: BenchOptions): Promise<boolean> {
  const { print, signal } = options;
  const chosen = choose(options);
  await removeDeadFolders();
  const machine = describeMachine();
  const versions = await describeVersions(repositoryFile('package.json'));
  const results: Result[] = [];
  for (const { name, run } of chosen) {
    signal.throwIfAborted();
    const folder = await makeDemoFolder();
    try {
      const say = (line: string): void => print(`${name}: ${line}`);
      results.push(...(await run({ folder, say, signal })));
    } finally {
      await removeFolder(folder);
    }
  }
  const report = `${JSON.stringify({ machine, versions, results }, undefined, 2)}\n`;
  await writeFileDurably(repositoryFile('bench.json'), report);
  print(renderTable(results));
  return results.every(({ ok }) => ok);
}

function choose({ cases, names }: BenchOptions): readonly Case[] {
  if (names.length === 0) return cases;
  return names.map((name) => {
    const found = cases.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = cases.map((one) => one.name).join(', ');
    throw new KubeosError('INVALID_ARGUMENT', `There is no measurement "${name}", but ${known}`);
  });
}
