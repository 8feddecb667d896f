import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exec } from '@kubeos/host';

/** Stands for the machine's folder of temporary files, so that all that is left behind can be found. */
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-demo-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function startDemo(until: string): Promise<ChildProcess> {
  const demo = spawn(
    process.execPath,
    ['--conditions=@kubeos/source', join(import.meta.dirname, 'main.ts')],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } },
  );
  let output = '';
  demo.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (!output.includes(until)) {
    if (demo.exitCode !== null) throw new Error(output);
    await delay(20);
  }
  return demo;
}

async function leftovers(): Promise<readonly string[]> {
  const { stdout } = await exec('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']);
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const found = [...stdout.split('\n'), ...mounts.split('\n'), ...(await programs())];
  return [...found.filter((line) => line.includes(folder)), ...(await readdir(folder))];
}

async function programs(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/u.test(id)) continue;
    // A program may end while one looks at it.
    const read = (name: string) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '');
    const text = `${await read('cmdline')} ${await read('environ')}`.replaceAll('\0', ' ');
    found.push(`${id} ${text}`);
  }
  return found;
}

describe('the demo', () => {
  it.each([
    ['while the control plane starts', 'Starting etcd'],
    ['while the nodes start', 'Starting node-1'],
    ['while nodes are at work', 'upgrade: Prepare'],
  ])('leaves nothing behind after Ctrl-C %s', async (_when, line) => {
    const demo = await startDemo(line);
    const exited = once(demo, 'exit');
    demo.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(await leftovers()).toEqual([]);
  });

  it('takes away what a killed run has left behind', async () => {
    const killed = await startDemo('Waiting for the nodes');
    const exited = once(killed, 'exit');
    killed.kill('SIGKILL');
    await exited;
    const next = await startDemo('Removed what a killed run left');
    const ended = once(next, 'exit');
    next.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
    expect(await leftovers()).toEqual([]);
  });
});
