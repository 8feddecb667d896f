/** kbimg as a program that is stopped in the middle of a build. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findImageTools, kbimgCommand, layOutExample, withToolsOnPath } from '@kubeos/vm';

let folder: string;
let recipe: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-kbimg-'));
  recipe = await layOutExample(join(folder, 'recipe'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Ids of processes that hold a file of the folder open, have it as root, or name it. */
async function processesOf(place: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(place)) found.push(`${pid} ${line.replaceAll('\0', ' ')}`);
  }
  return found;
}

/** How many programs the tree of a build has by now. */
async function unpackedPrograms(output: string): Promise<number> {
  const names = await readdir(output).catch(() => []);
  const work = names.find((name) => name.startsWith('.kbimg-work-')) ?? '';
  return (await readdir(join(output, work, 'root/usr/bin')).catch(() => [])).length;
}

/** Waits until it holds; the test's own deadline ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('kbimg', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'B-61: leaves nothing behind when %s stops it, neither files nor processes nor mounts',
    async (signal) => {
      const output = join(folder, 'out');
      const tools = await findImageTools();
      const [node, ...args] = kbimgCommand('create', '-f', recipe, '-o', output, 'vm-img');
      const child = spawn(node, args, {
        env: { ...process.env, ...withToolsOnPath(tools) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const exited = once(child, 'exit');
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      // Packages are being unpacked, by programs that mmdebstrap has started.
      await until(async () => (await unpackedPrograms(output)) > 50);
      child.kill(signal);
      expect(await exited).toEqual([signal === 'SIGINT' ? 130 : 143, null]);
      expect(said).toContain('kbimg: stopped; nothing unfinished is left');
      expect(await readdir(output)).toEqual(['.kbimg.lock']);
      expect(await processesOf(output)).toEqual([]);
      expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(output);
    },
    180_000,
  );
});
