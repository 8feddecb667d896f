import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { exec } from '@kubeos/host';

import { agentLine } from './person/run.ts';
import { writeTinyDisk } from './tiny-disk.fixture.ts';
import { findImageTools } from './tools/image-tools.ts';
import { within } from './within.ts';

const workspace = join(import.meta.dirname, '../../..');
const main = [process.execPath, '--conditions=@kubeos/source', 'tools/vm/src/main.ts'];
const seconds = 60;

/** Stands for the machine's folder of temporary files, so that all that is left behind can be found. */
let temporary = '';
let folder = '';
let image = '';
const started: ChildProcess[] = [];
beforeAll(async () => {
  await findImageTools();
  folder = await mkdtemp(join(tmpdir(), 'vm-main-'));
  image = join(folder, 'tiny.img');
  await writeTinyDisk(image);
}, 900_000);
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'vm-main-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(temporary, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts the tool, on a terminal or without one; `says` waits for a text behind all that was found before. */
function startTool(argv: readonly string[], on: 'terminal' | 'pipe') {
  const command = [...main, ...argv];
  // script(1) makes a terminal of what it is given.
  const onTerminal = ['script', '--quiet', '--return', '--flush', '--command', command.join(' ')];
  const [program = '', ...args] = on === 'pipe' ? command : [...onTerminal, '/dev/null'];
  const child = spawn(program, args, {
    cwd: workspace,
    env: { ...process.env, TMPDIR: temporary, KUBEOS_LOG_FOLDER: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  const exited = once(child, 'exit');
  let output = '';
  let looked = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    looked();
  });
  const says = async (text: string): Promise<void> => {
    const found = Promise.withResolvers<void>();
    looked = () => {
      const index = output.indexOf(text);
      if (index === -1) return;
      output = output.slice(index + text.length);
      found.resolve();
    };
    looked();
    const gone = exited.then(() =>
      Promise.reject(new Error(`It ended without "${text}":\n${output}`)),
    );
    await within(seconds, `"${text}" in ${output}`, Promise.race([found.promise, gone]));
  };
  return { child, exited, says, type: (text: string) => void child.stdin.write(text) };
}

/** Programs of this machine that carry the folder of temporary files, and what lies there. */
async function leftovers(): Promise<readonly string[]> {
  const { stdout } = await exec('ps', ['-eo', 'args']);
  const programs = stdout.split('\n').filter((line) => line.includes(temporary));
  const files = await readdir(temporary);
  return [...programs, ...files.filter((name) => name.startsWith('vm-'))];
}

describe('npm run vm', () => {
  it('gives a person the console, and keys for power and reset', async () => {
    const tool = startTool(['--bios', '--image', image], 'terminal');
    await tool.says('node_modules/.bin/node');
    await tool.says('ready');
    tool.type('++');
    await tool.says('2');
    tool.type('\u0001r');
    await tool.says('ready');
    tool.type('+');
    await tool.says('1');
    tool.type('\u0001c');
    await tool.says('[power was cut, and is back]');
    await tool.says('ready');
    tool.type('\u0001x');
    expect(await within(seconds, 'Its end', tool.exited)).toEqual([0, null]);
    expect(await leftovers()).toEqual([]);
  });

  it('ends when the guest switches off', async () => {
    const tool = startTool(['--bios', '--image', image], 'terminal');
    await tool.says('ready');
    tool.type('p');
    expect(await within(seconds, 'Its end', tool.exited)).toEqual([0, null]);
    expect(await leftovers()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind after %s', async (signal) => {
    const tool = startTool(['--bios', '--image', image], 'pipe');
    await tool.says('node_modules/.bin/node');
    tool.child.kill(signal);
    expect(await within(seconds, 'Its end', tool.exited)).toEqual([
      signal === 'SIGINT' ? 130 : 143,
      null,
    ]);
    expect(await leftovers()).toEqual([]);
  });

  it('says how to call the agent, in a line that works', async () => {
    // Nobody answers at that address: as far as that the line has to come.
    const line = agentLine(`unix:${join(temporary, 'nobody')}`);
    const calling = exec('sh', ['-c', line], { cwd: workspace });
    await expect(calling).rejects.toMatchObject({
      details: { stderr: expect.stringContaining('AGENT_UNREACHABLE') },
    });
  });

  it('says how to use it, and what it does not understand', async () => {
    const tool = startTool(['--help'], 'pipe');
    await tool.says('npm run vm -- --image FILE');
    expect(await tool.exited).toEqual([0, null]);
    await expect(
      exec(main[0] ?? '', [...main.slice(1), '--no-such'], { cwd: workspace }),
    ).rejects.toThrow('npm run vm -- --help');
  });
});
