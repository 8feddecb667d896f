import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';

import { keepEvidence } from './evidence.ts';

describe('the evidence of a failure', () => {
  let base = '';
  let folder = '';

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'kubeos-evidence-'));
    folder = join(base, 'run');
    await mkdir(join(folder, 'node-1'), { recursive: true });
    await writeFile(join(folder, 'node-1/os-agent.log'), 'why');
    await writeFile(join(folder, 'node-1/disk.img'), 'large');
  });
  afterEach(async () => {
    await rm(base, { recursive: true });
  });

  it('is logs and objects, in a folder that stays', async () => {
    const plane = { run: async () => 'kind: List\n' };
    const kept = await keepEvidence({ folder, logFolder: base, plane });
    expect((await readdir(kept)).sort()).toEqual(['node-1', 'objects.yaml']);
    expect(await readdir(join(kept, 'node-1'))).toEqual(['os-agent.log']);
    expect(await readFile(join(kept, 'objects.yaml'), 'utf8')).toBe('kind: List\n');
  });

  it('is kept also when the API server does not answer', async () => {
    const run = async () => {
      throw new KubeosError('COMMAND_FAILED', 'kubectl exited with 1: connection refused');
    };
    const kept = await keepEvidence({ folder, logFolder: base, plane: { run } });
    expect(await readFile(join(kept, 'node-1/os-agent.log'), 'utf8')).toBe('why');
    const why = await readFile(join(kept, 'objects.yaml'), 'utf8');
    expect(why).toBe('# kubectl exited with 1: connection refused\n');
  });
});
