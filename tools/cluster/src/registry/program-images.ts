/** Operator and proxy as images of a registry, pushed by the tool that people push them with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { exec } from '@kubeos/host';

const workspace = resolve(import.meta.dirname, '../../../..');
const tool = join(workspace, 'tools/images/src/main.ts');
const minutes = 15;

/** An image that a registry has. */
export interface PushedImage {
  /** Behind the name of the registry, with its tag. */
  readonly name: string;
  readonly digest: string;
}

/** Builds the images for this kind of machine and pushes them to a registry on loopback. */
export async function pushProgramImages(
  registry: string,
  signal?: AbortSignal,
): Promise<readonly PushedImage[]> {
  const output = await mkdtemp(join(tmpdir(), 'kubeos-program-images-'));
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const args = ['--push', registry, '--arch', arch, '--output', output];
  try {
    const { stdout } = await exec(
      process.execPath,
      ['--conditions=@kubeos/source', tool, ...args],
      {
        timeoutMs: minutes * 60_000,
        ...(signal === undefined ? {} : { signal }),
      },
    );
    return [...stdout.matchAll(/^[^\s/]+\/(?<name>\S+) (?<digest>sha256:\S+)$/gmu)].map(
      ({ groups }) => ({ name: groups?.['name'] ?? '', digest: groups?.['digest'] ?? '' }),
    );
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}
