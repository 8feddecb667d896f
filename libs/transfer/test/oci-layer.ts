import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@kubeos/host';

/** An archive as a layer has it. */
export async function makeLayer(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'layer-'));
  try {
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), content);
    const list = Object.keys(files);
    await exec('tar', ['-C', folder, '-cf', join(folder, '.tar'), '--', ...list]);
    return await readFile(join(folder, '.tar'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
