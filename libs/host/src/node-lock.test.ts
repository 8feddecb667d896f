import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from './exec.ts';
import { createNodeLock } from './node-lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lock = (timeoutSeconds: number): ReturnType<typeof createNodeLock> =>
  createNodeLock({ path: join(folder, 'lock'), timeoutSeconds });

describe('node lock', () => {
  it('lets one after the other work, and gives back what the work gives', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<number> => {
      inside += 1;
      most = Math.max(most, inside);
      await exec('true', []);
      inside -= 1;
      return most;
    };
    await Promise.all([1, 2, 3].map(() => lock(10).exclusively(work)));
    expect(most).toBe(1);
  });

  it('is free again after work that failed', async () => {
    const failing = lock(5).exclusively(async () => {
      throw new RangeError('work');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await lock(5).exclusively(async () => 'free')).toBe('free');
  });

  it('says BUSY after the deadline', async () => {
    await lock(5).exclusively(async () => {
      await expect(lock(0).exclusively(async () => 0)).rejects.toMatchObject({ code: 'BUSY' });
    });
  });

  it('is freed when the process that holds it is killed', async () => {
    const program = `
      import { createNodeLock } from ${JSON.stringify(join(import.meta.dirname, 'node-lock.ts'))};
      const lock = createNodeLock({ path: ${JSON.stringify(join(folder, 'lock'))} });
      await lock.exclusively(() => new Promise(() => { console.log('held'); setInterval(() => 0, 1000); }));
    `;
    const holder = spawn(
      process.execPath,
      ['--conditions=@kubeos/source', '--input-type=module', '--eval', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    await expect(lock(0).exclusively(async () => 0)).rejects.toMatchObject({ code: 'BUSY' });
    holder.kill('SIGKILL');
    expect(await lock(10).exclusively(async () => 'free')).toBe('free');
  });

  it('says when the lock file cannot be made', async () => {
    const nowhere = createNodeLock({ path: join(folder, 'no/lock') });
    await expect(nowhere.exclusively(async () => 0)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
    });
  });
});
