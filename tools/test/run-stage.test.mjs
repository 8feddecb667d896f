import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runStage } from './run-stage.mjs';
import { stages } from './stages.mjs';

const script = (source) => ['node', '-e', source];
const report = (counts) =>
  script(`fs.writeFileSync(process.env.KUBEOS_JEST_COUNTS, '${JSON.stringify(counts)}')`);
const failingReport = (counts) => {
  const [node, flag, source] = report(counts);
  return [node, flag, `${source}; process.exitCode = 1`];
};

async function run(stage, { extra = [], signal = new AbortController().signal } = {}) {
  const lines = [];
  const result = await runStage({ name: 'trial', minutes: 1, ...stage }, extra, signal, (line) =>
    lines.push(line),
  );
  return { passed: result.passed, failed: result.failed, lines };
}

describe('a stage', () => {
  it.each([
    ['passes', { commands: [script('')] }, 1, 0],
    ['fails with its command', { commands: [script('process.exit(3)')] }, 0, 1],
    ['fails when its program is not there', { commands: [['no-such-program-at-all']] }, 0, 1],
    [
      'ends at its deadline',
      { minutes: 0.005, commands: [script('setInterval(() => 1, 1e6)')] },
      0,
      1,
    ],
    ['counts tests', { jest: true, commands: [report({ passed: 7, failed: 0 })] }, 7, 0],
    [
      'counts failed tests',
      { jest: true, commands: [failingReport({ passed: 7, failed: 2 })] },
      7,
      2,
    ],
    [
      'counts a failure beside the tests',
      { jest: true, commands: [failingReport({ passed: 7, failed: 0 })] },
      7,
      1,
    ],
    ['counts tests without a report as one failure', { jest: true, commands: [script('')] }, 0, 1],
  ])('%s', async (_title, stage, passed, failed) => {
    expect(await run(stage)).toMatchObject({ passed, failed });
  });

  it('stops at the first command that fails', async () => {
    const { lines } = await run({
      commands: [script('process.exit(3)'), ['no-such-program-at-all']],
    });
    expect(lines.join('\n')).toContain('exit status 3');
    expect(lines.join('\n')).not.toContain('no-such-program');
  });

  it('gives the arguments of the user to its last command', async () => {
    const check = script('process.exitCode = process.argv.includes("wanted") ? 0 : 1');
    expect(await run({ commands: [check] }, { extra: ['wanted'] })).toMatchObject({ failed: 0 });
  });

  it('ends when the user stops the run', async () => {
    const stop = AbortSignal.abort('SIGINT');
    const endless = { commands: [script('setInterval(() => 1, 1e6)')] };
    expect(await run(endless, { signal: stop })).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('what a stage leaves behind', () => {
  let outside;
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'kubeos-runner-'));
  });
  afterEach(() => rmSync(outside, { recursive: true, force: true }));

  it('goes with its folder of temporary files: files and programs', async () => {
    const notes = join(outside, 'notes.json');
    const careless = script(`
      const { mkdtempSync, writeFileSync } = fs;
      const folder = mkdtempSync(os.tmpdir() + '/left-');
      const options = { detached: true, stdio: 'ignore' };
      const sleeper = child_process.spawn('sleep', ['600'], options);
      // One without the stage's environment, known by its arguments alone.
      const hidden = ['-c', 'while :; do sleep 1; done', folder];
      const loop = child_process.spawn('sh', hidden, { ...options, env: {} });
      for (const child of [sleeper, loop]) child.unref();
      writeFileSync('${notes}', JSON.stringify({ folder, ids: [sleeper.pid, loop.pid] }));
    `);
    const { failed, lines } = await run({ commands: [careless] });
    const { folder, ids } = JSON.parse(readFileSync(notes, 'utf8'));
    expect(existsSync(folder)).toBe(false);
    expect(ids.filter(isAlive)).toEqual([]);
    expect(failed).toBe(0);
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/taken away: .*sleep/)]));
  });
});

// A zombie has no command line.
function isAlive(id) {
  const file = `/proc/${id}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8') !== '';
}

describe('the list of stages', () => {
  it('keeps what touches kernel, API server and nodes out of reach of the nx cache', () => {
    const uncached = stages.filter(({ commands }) => !commands.at(-1).includes('nx'));
    const names = uncached.map(({ name }) => name).filter((name) => /integration|e2e/.test(name));
    expect(names).toEqual(['integration', 'e2e']);
  });

  it('bundles the programs before the tests that start them', () => {
    const { commands } = stages.find(({ name }) => name === 'integration');
    expect(commands[0]).toEqual(['nx', 'run-many', '-t', 'bundle']);
  });
});
