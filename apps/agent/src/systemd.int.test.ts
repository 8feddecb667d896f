import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultBootDir, exec, longestRestartSeconds } from '@kubeos/host';
import { kubeosGid } from './folders.ts';

// As everywhere in the agent: its parsers are not to be loaded with a start.
const { modelTraits } = await import('@kubeos/core/settings');

const source = resolve(import.meta.dirname, '../systemd');
const services = ['', '-boot', '-return', '-deadline', '-drift'].map(
  (part) => `os-agent${part}.service`,
);
const timers = ['os-agent-return.timer', 'os-agent-deadline.timer', 'os-agent-drift.timer'];
const places = Object.values(modelTraits).flatMap(({ place }) =>
  place.kind === 'file' ? [place] : [],
);
const units = [...services, 'os-agent.socket', 'os-agent-drift.path', ...timers];

const analyze = async (...args: readonly string[]) => {
  const { exitCode, stdout, stderr } = await exec('systemd-analyze', args, {
    okExitCodes: [0, 1],
  });
  return { exitCode, output: `${stdout}${stderr}` };
};

describe('systemd units', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'agent-units-'));
    cpSync(source, folder, { recursive: true, verbatimSymlinks: true });
    const program = join(folder, 'os-agent');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    for (const unit of services) {
      const text = readFileSync(join(folder, unit), 'utf8');
      writeFileSync(join(folder, unit), text.replaceAll('/usr/bin/os-agent', program));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(units)('%s is understood by systemd without a word', async (unit) => {
    expect(await analyze('verify', join(folder, unit))).toEqual({ exitCode: 0, output: '' });
  });

  it.each(services)('%s is exposed no more than it has to be', async (unit) => {
    const { exitCode, output } = await analyze(
      ...['security', '--offline=true', '--threshold=35', join(folder, unit)],
    );
    expect(output).toMatch(/exposure level for os-agent/);
    expect(exitCode).toBe(0);
  });

  const settings = (unit: string, name: string) =>
    readFileSync(join(source, unit), 'utf8').match(new RegExp(`^${name}=.*$`, 'gm')) ?? [];

  it('reboots a failed pass only where the next boot counts an attempt', () => {
    const counted = ['trial', 'manual'].map(
      (why) => `ConditionKernelCommandLine=|kubeos.why=${why}`,
    );
    expect(settings('os-agent-return.service', 'FailureAction')).toEqual(['FailureAction=reboot']);
    for (const unit of ['os-agent-return.service', 'os-agent-return.timer']) {
      expect(settings(unit, 'Condition\\w+')).toEqual(counted);
    }
  });

  it('looks for deadlines in every boot, with upstream grub.cfg too', () => {
    for (const unit of ['os-agent-deadline.service', 'os-agent-deadline.timer']) {
      expect(settings(unit, '(Condition|FailureAction)\\w*')).toEqual([]);
    }
  });

  it('has the old settings back before the programs start that read them, or lets them start', () => {
    expect(settings('os-agent-boot.service', 'Before')).toEqual([
      'Before=containerd.service kubelet.service',
    ]);
    expect(settings('os-agent-boot.service', 'TimeoutStartSec')).toEqual(['TimeoutStartSec=2min']);
  });

  it.each([
    ['os-agent-deadline.service', 0],
    ['os-agent-drift.service', 10],
  ])('%s outlasts two restarts on the way back of settings', (unit, pauseSeconds) => {
    const lockSeconds = 30;
    const [, seconds] = settings(unit, 'TimeoutStartSec').join().split('=');
    expect(Number(seconds)).toBeGreaterThan(pauseSeconds + lockSeconds + 2 * longestRestartSeconds);
  });

  it('watches the folders of the models, and no storm of changes ends that', () => {
    // Others write there all the time, kubelet among them.
    const busy: readonly string[] = ['/etc', '/var/lib/kubelet'];
    const folders = places.flatMap(({ folders }) => [...folders]);
    const files = places.flatMap(({ path }) => (busy.includes(dirname(path)) ? [path] : []));
    const watched = [
      ...folders.filter((folder) => !busy.includes(folder)),
      ...files,
      join('/', defaultBootDir, 'grub.cfg'),
    ];
    expect(settings('os-agent-drift.path', 'PathChanged').toSorted()).toEqual(
      watched.map((path) => `PathChanged=${path}`).toSorted(),
    );
    expect(settings('os-agent-drift.service', 'StartLimit\\w+')).toEqual([
      'StartLimitIntervalSec=0',
    ]);
  });

  it('may write where models keep their settings', () => {
    const writable = settings('os-agent.service.d/hardening.conf', 'ReadWritePaths')
      .join()
      .split(/[ =]-/)
      .slice(1);
    const folders = places.flatMap(({ folders }) => [...folders]);
    for (const folder of [...folders, join('/', defaultBootDir), '/persist']) {
      expect(writable.some((path) => `${folder}/`.startsWith(`${path}/`))).toBe(true);
    }
  });

  it('gives the group the fixed number that images and chart use', () => {
    const line = readFileSync(join(source, 'sysusers.d/kubeos.conf'), 'utf8').split('\n')[1];
    expect(line?.split(/ +/)).toEqual(['g', 'kubeos', String(kubeosGid)]);
  });
});
