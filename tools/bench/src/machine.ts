import { readFile } from 'node:fs/promises';
import { arch, cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly architecture: string;
  readonly kernel: string;
  /** Load of the last minute when the run began: what others did meanwhile is in the wall times. */
  readonly load: number;
}

/** Describes this machine at this moment. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    architecture: arch(),
    kernel: release(),
    load: loadavg()[0] ?? 0,
  };
}

/** Versions of what was measured and of what ran it. */
export async function describeVersions(
  manifest: string,
): Promise<Readonly<Record<string, string>>> {
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: string };
  const { node, v8, openssl } = process.versions;
  return { kubeos: version, node, v8, openssl };
}
