import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

// In place of the program of a stage: it says so when it is asked to end, and ends a little later.
const slowProgram = `#!/bin/sh
trap 'echo asked' TERM
echo started
until [ -e "$MAY_END" ]; do sleep 0.05; done
exit 1
`;

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeos-main-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('sums up when it is interrupted twice', async () => {
  writeFileSync(join(folder, 'knip'), slowProgram);
  chmodSync(join(folder, 'knip'), 0o755);
  const mayEnd = join(folder, 'may-end');
  const runner = spawn(process.execPath, [join(import.meta.dirname, 'main.mjs'), 'unused'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      MAY_END: mayEnd,
    },
  });
  try {
    const exited = once(runner, 'exit');
    const lines = [];
    for await (const line of createInterface(runner.stdout)) {
      lines.push(line);
      if (line === 'started') runner.kill('SIGINT');
      if (line === 'asked') {
        runner.kill('SIGINT');
        writeFileSync(mayEnd, '');
      }
    }
    expect(await exited).toEqual([130, null]);
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
  } finally {
    runner.kill('SIGKILL');
    writeFileSync(mayEnd, '');
  }
}, 20_000);
