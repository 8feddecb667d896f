import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { bundlePrograms } from '@kubeos/demo';

import type { Case, CaseContext } from '../case.ts';
import { atMost, type Result } from '../result.ts';
import { makeBenchNode } from './bench-node.ts';
import { compareSequences } from './compare.ts';
import { buildPayloads } from './payloads.ts';
import { runAgent, variants, type Bench } from './sequences.ts';
import { startWebServer } from './web-server.ts';

/** Prepare of large images through the real agent, beside what others do. */
export const prepareCase: Case = { name: 'prepare', run: runPrepare };

const comparedMiB = 1024;
const sizesMiB = [256, comparedMiB, 4096];
const mostPeakMiB = 120;
const mostGrowthMiB = 24;
const mib = 2 ** 20;

async function runPrepare(context: CaseContext): Promise<readonly Result[]> {
  context.say('bundling');
  const { agent } = await bundlePrograms(context.signal);
  const results: Result[] = [];
  const peaks = new Map<string, number[]>();
  for (const sizeMiB of sizesMiB) {
    await withBench(context, agent, sizeMiB, async (bench) => {
      if (sizeMiB === comparedMiB) results.push(...(await compareSequences(bench, context.say)));
      for (const { encoding, scheme } of variants) {
        context.say(`${sizeMiB} MiB ${encoding} over ${scheme}`);
        const { peakBytes } = await runAgent(bench, encoding, scheme);
        const name = `prepare ${encoding} ${scheme}`;
        peaks.set(name, [...(peaks.get(name) ?? []), peakBytes / mib]);
      }
    });
  }
  return [...results, ...[...peaks].flatMap(([name, found]) => memoryResults(name, found))];
}

function memoryResults(name: string, peaks: readonly number[]): readonly Result[] {
  const growth = Math.max(...peaks) - Math.min(...peaks);
  return [
    ...peaks.map((peak, index) =>
      atMost(`${name} ${sizesMiB[index] ?? 0} MiB: peak memory`, peak, 'MiB', mostPeakMiB),
    ),
    atMost(`${name}: difference of the peaks`, growth, 'MiB', mostGrowthMiB),
  ];
}

/** Everything for one size; of the next one nothing else would fit on a small disk. */
async function withBench(
  { folder: parent, say, signal }: CaseContext,
  bundle: string,
  sizeMiB: number,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const folder = join(parent, String(sizeMiB));
  const files = join(folder, 'files');
  await mkdir(files, { recursive: true });
  say(`building images of ${sizeMiB} MiB`);
  const payloads = await buildPayloads({ folder: files, sizeMiB, signal });
  const server = await startWebServer(folder, files, signal);
  try {
    const { caFile } = server;
    const node = await makeBenchNode({ folder, slotMiB: sizeMiB, caFile, signal });
    try {
      await use({ folder, bundle, payloads, server, node, signal });
    } finally {
      await node.disk.release();
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
