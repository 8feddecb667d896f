import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import type { Log } from '@kubeos/core';
import { createJsonLog, createPlainLog } from './logger.ts';

async function linesOf(act: (log: Log) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-log-'));
  const file = await open(join(folder, 'log'), 'w');
  try {
    act(createJsonLog('1.2.3', file.fd));
    return await readFile(join(folder, 'log'), 'utf8');
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}

describe('log', () => {
  it('holds no secrets, at the top of a line or below', async () => {
    const secret = 'hunter2';
    const members = Object.fromEntries(
      ['key', 'clientKey', 'token', 'password', 'authorization'].map((name) => [name, secret]),
    );
    const text = await linesOf((log) => {
      log.info({ ...members, slot: 'B' }, 'Serving');
      log.info({ payload: { ...members, url: 'https://images' } }, 'Preparing');
    });
    expect(text).not.toContain(secret);
    expect(text.match(/"\(secret\)"/g)).toHaveLength(10);
    expect(text).toContain('"slot":"B"');
    expect(text).toContain('"url":"https://images"');
  });

  it('tells of a failure what is behind it', async () => {
    const cause = new Error('EIO');
    const error = new KubeosError('STORAGE_FAILED', 'Cannot read grubenv', { cause });
    const text = await linesOf((log) => log.error({ error }, 'Could not settle'));
    expect(text).toContain('"code":"STORAGE_FAILED"');
    expect(text).toContain('EIO');
    let said = '';
    createPlainLog((words) => (said += words)).error({ error }, 'Could not settle');
    expect(said).toBe('os-agent: Could not settle: Cannot read grubenv: EIO\n');
  });
});
