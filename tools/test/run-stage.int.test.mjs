import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { runStage } from './run-stage.mjs';

const careless = `
  echo "$TMPDIR" > "$NOTES"
  truncate --size=4M "$TMPDIR/disk"
  echo 'start=2048' | sfdisk --quiet "$TMPDIR/disk"
  device=$(losetup --find --show --partscan "$TMPDIR/disk")
  mkdir "$TMPDIR/outer place"
  mount -t tmpfs none "$TMPDIR/outer place"
  mkdir "$TMPDIR/outer place/inner"
  mount -t tmpfs none "$TMPDIR/outer place/inner"
  cd "$TMPDIR/outer place/inner"
  setsid sleep 600 > sleep.log 2>&1 &
`;

let outside;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'kubeos-runner-'));
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

it('takes away the mounts and loop devices that a stage leaves behind', async () => {
  const notes = join(outside, 'notes');
  const commands = [['env', `NOTES=${notes}`, 'sh', '-euc', careless]];
  const stage = { name: 'trial', minutes: 1, commands };
  const lines = [];
  const signal = new AbortController().signal;
  const result = await runStage(stage, [], signal, (line) => lines.push(line));
  const folder = readFileSync(notes, 'utf8').trim();
  const losetup = spawnSync('losetup', ['--list'], { encoding: 'utf8' });
  expect(losetup).toMatchObject({ status: 0, stdout: expect.not.stringContaining(folder) });
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  expect(existsSync(folder)).toBe(false);
  expect(result).toMatchObject({ passed: 1, failed: 0 });
  expect(lines.filter((line) => line.startsWith('Left behind'))).toHaveLength(4);
});
