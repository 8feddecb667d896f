import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { costOfScript, type Cost } from '../measure/run.ts';
import type { BenchNode } from './bench-node.ts';
import { measurePrepare } from './measure-prepare.ts';
import type { Payloads } from './payloads.ts';
import type { Scheme, WebServer } from './web-server.ts';

/** Everything that one run is made from. */
export interface Bench {
  readonly folder: string;
  /** The agent's. */
  readonly bundle: string;
  readonly payloads: Payloads;
  readonly server: WebServer;
  readonly node: BenchNode;
  readonly signal: AbortSignal;
}

/** How an image is packed for us. */
export type Encoding = 'raw' | 'zstd';

/** All ways in which an image is fetched. */
export const variants: readonly { readonly encoding: Encoding; readonly scheme: Scheme }[] = [
  { encoding: 'raw', scheme: 'http' },
  { encoding: 'raw', scheme: 'https' },
  { encoding: 'zstd', scheme: 'http' },
  { encoding: 'zstd', scheme: 'https' },
];

/** Prepare through the real agent on a node that knows nothing yet. */
export async function runAgent(bench: Bench, encoding: Encoding, scheme: Scheme): Promise<Cost> {
  const { payloads, server, node, folder, bundle, signal } = bench;
  const { name, sha256 } = payloads[encoding];
  return measurePrepare({
    folder,
    bundle,
    signal,
    node: await node.fresh(),
    version: payloads.version,
    source: {
      imageType: 'disk',
      url: server.url(scheme, name),
      digest: `sha256:${sha256}`,
      allowInsecure: scheme === 'http',
      mutualTls: false,
      ...(scheme === 'http' ? {} : { caCert: 'ca.crt' }),
    },
  });
}

/** The same image by curl, sha256sum and dd. */
export async function runPipe(bench: Bench, encoding: Encoding, scheme: Scheme): Promise<Cost> {
  const decoder = encoding === 'zstd' ? ['zstd', '-dc', '--quiet'] : [];
  return runScript(bench, 'pipe-sequence.sh', bench.payloads[encoding], scheme, decoder);
}

/** The same root file system as upstream's agent installs it. */
export async function runUpstream(bench: Bench, scheme: Scheme): Promise<Cost> {
  const { tar, sizeMiB } = bench.payloads;
  return runScript(bench, 'upstream-sequence.sh', tar, scheme, [String(sizeMiB)]);
}

async function runScript(
  { folder, server, node, signal }: Bench,
  script: string,
  payload: Payloads['raw'],
  scheme: Scheme,
  more: readonly string[],
): Promise<Cost> {
  const work = await mkdtemp(join(folder, 'work-'));
  const url = server.url(scheme, payload.name);
  const args = [url, server.caFile, payload.sha256, node.disk.slots.B, work, ...more];
  const cost = await costOfScript(script, args, { folder, signal });
  await rm(work, { recursive: true });
  return cost;
}
