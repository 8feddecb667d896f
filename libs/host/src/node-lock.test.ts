import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeNodeLock } from '@kubeos/testing';
import { exec } from './exec.ts';
import { createNodeLock } from './node-lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another process takes the lock; the answer kills it. */
async function hold(): Promise<() => unknown> {
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
  return () => holder.kill('SIGKILL');
}

describeNodeLock('of a file', async () => ({
  lock: (timeoutSeconds) => createNodeLock({ path: join(folder, 'lock'), timeoutSeconds }),
  pause: () => exec('true', []),
  hold,
}));

describe('node lock', () => {
  it('is not waited for any longer when the signal comes, and is kept by whoever has it', async () => {
    const path = join(folder, 'lock');
    const stop = new AbortController();
    const waiting = createNodeLock({ path, signal: stop.signal });
    await createNodeLock({ path }).exclusively(async () => {
      const refused = expect(waiting.exclusively(async () => 0)).rejects.toMatchObject({
        code: 'CANCELLED',
        message: expect.stringContaining(path),
      });
      stop.abort();
      await refused;
    });
    const held = new AbortController();
    await createNodeLock({ path, signal: held.signal }).exclusively(async () => {
      held.abort();
      const other = createNodeLock({ path, timeoutSeconds: 0 });
      await expect(other.exclusively(async () => 0)).rejects.toMatchObject({ code: 'BUSY' });
    });
  });

  it('says when the lock file cannot be made', async () => {
    const nowhere = createNodeLock({ path: join(folder, 'no/lock') });
    await expect(nowhere.exclusively(async () => 0)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
    });
  });
});
