import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { pickPorts } from './ports.ts';
import { PortTaken, waitUntilReady } from './readiness.ts';

describe('waitUntilReady', () => {
  let folder: string;
  let caFile: string;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-readiness-'));
    caFile = join(folder, 'ca.crt');
    await writeFile(caFile, '');
    [port = 0] = await pickPorts(1);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const program = (running: boolean, log = '') => ({
    name: 'kube-apiserver',
    isRunning: () => running,
    logTail: async () => log,
  });
  const wait = async (
    running: boolean,
    log?: string,
    signal?: AbortSignal,
    deadlineSeconds = 60,
  ): Promise<void> =>
    waitUntilReady({ port, caFile, components: [program(running, log)], deadlineSeconds, signal });

  it('tells a port that was taken from other failures, so that the start can use another', async () => {
    await expect(wait(false, 'listen tcp: bind: address already in use')).rejects.toThrow(
      PortTaken,
    );
  });

  it('shows the end of the log of a program that ended', async () => {
    await expect(wait(false, 'unknown flag: --nonsense')).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('unknown flag: --nonsense'),
    });
  });

  it('gives up at the deadline', async () => {
    await expect(wait(true, '', undefined, 0)).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
  });

  it('gives up when it is cancelled', async () => {
    await expect(wait(true, '', AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('pickPorts', () => {
  it('gives different ports below those of outgoing connections', async () => {
    const ports = await pickPorts(20);
    expect(new Set(ports).size).toBe(20);
    expect(Math.max(...ports)).toBeLessThan(32_768);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(1024);
  });
});
