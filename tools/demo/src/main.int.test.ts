import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureBinaries } from '@kubeos/control-plane';
import { exec } from '@kubeos/host';

import { removeFolder } from './disks/leftovers.ts';

/** Stands for the machine's folder of temporary files, so that all that is left behind can be found. */
let folder = '';
const started: ChildProcess[] = [];

beforeAll(async () => {
  // Built once, which takes longer than a test may.
  const components = ['kube-controller-manager', 'kube-scheduler', 'kwok'];
  await ensureBinaries(['etcd', 'kube-apiserver', 'kubectl', ...components]);
}, 1_200_000);
beforeEach(async () => {
  // Short, as the paths of sockets lie below it.
  folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
});
afterEach(async () => {
  for (const demo of started.splice(0)) await endGroup(demo);
  await removeFolder(folder);
});

const workspace = join(import.meta.dirname, '../../..');
const direct = [process.execPath, '--conditions=@kubeos/source', 'tools/demo/src/main.ts'];
const lineSeconds = 90;

/** Starts the demo and waits until it has said this. */
async function startDemo(
  until: string,
  command: readonly string[] = direct,
): Promise<ChildProcess> {
  const [program = '', ...args] = command;
  const demo = spawn(program, args, {
    cwd: workspace,
    // The leader of its group, as a terminal starts a command.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    // npm would leave compiled code among the temporary files.
    env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  started.push(demo);
  let output = '';
  demo.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const deadline = performance.now() + lineSeconds * 1000;
  while (!output.includes(until)) {
    if (hasEnded(demo) || performance.now() > deadline) {
      throw new Error(`The demo did not say "${until}":\n${output}`);
    }
    await delay(20);
  }
  return demo;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

async function endGroup(demo: ChildProcess): Promise<void> {
  if (hasEnded(demo)) return;
  const exited = once(demo, 'exit');
  signalGroup(demo, 'SIGKILL');
  await exited;
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

  it('leaves nothing behind after Ctrl-C under npm, where the signal comes more than once', async () => {
    const npm = await startDemo('Starting etcd', ['npm', 'run', 'demo']);
    const exited = once(npm, 'exit');
    signalGroup(npm, 'SIGINT');
    await exited;
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
