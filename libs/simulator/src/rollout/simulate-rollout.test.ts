import { describe, expect, it } from '@jest/globals';
import type { RolloutFailure, RolloutOptions } from './options.ts';
import { simulateRollout } from './simulate-rollout.ts';

const spec = {
  osversion: 'KubeOS 2',
  opstype: 'upgrade',
  imagetype: 'disk',
  imageurl: 'https://images.example/kubeos-2.img',
  checksum: '7e'.repeat(32),
  maxunavailable: 1,
};

const rollout = (options: Partial<RolloutOptions> = {}, changes: object = {}) =>
  simulateRollout({ os: { spec: { ...spec, ...changes } }, nodes: 3, seed: 1, ...options });

describe('simulateRollout', () => {
  it('tells how long a rollout takes and what each node goes through', async () => {
    const report = await rollout();

    expect(report).toMatchObject({ outcome: 'completed', nodes: 3, updated: 3, failed: 0 });
    expect(report.mostOutOfService).toBe(1);
    // Download and check, and for each node in turn pods, reboot and the time that it must be good.
    expect(report.durationSeconds).toBeGreaterThan(3 * (30 + 50 + 15 + 30));
    expect(report.durationSeconds).toBeLessThan(600);
    for (const { entries } of report.timelines) {
      const steps = entries.map(({ step }) => step);
      expect(steps).toEqual(
        'preparing prepared admitted drained booted confirmed givenBack'.split(' '),
      );
    }
  });

  it('gives the same report for the same options, and another one for another seed', async () => {
    const durations = { download: { least: 10, most: 300 }, ready: { least: 5, most: 90 } };
    const first = await rollout({ durations });

    expect(await rollout({ durations })).toEqual(first);
    expect((await rollout({ durations, seed: 2 })).durationSeconds).not.toBe(first.durationSeconds);
  });

  it.each<[RolloutFailure, string]>([
    ['doesNotBoot', 'BootFailed'],
    ['hangs', 'BootFailed'],
    ['agentFails', 'BootFailed'],
    ['neverReady', 'NotConfirmed'],
    ['daemonSetsNeverReady', 'NotConfirmed'],
    ['wrongBytes', 'DigestMismatch'],
  ])('stops when the version %s, after a node failed with %s', async (kind, reason) => {
    const report = await rollout({ failures: { fraction: 1, kind } });

    expect(report).toMatchObject({ outcome: 'stopped', reason: 'MaxFailuresReached', updated: 0 });
    expect(report.failed).toBe(1);
    const failed = report.timelines.flatMap(({ entries }) =>
      entries.filter(({ step }) => step === 'failed'),
    );
    expect(failed).toMatchObject([{ reason }]);
  });

  it('goes on where fewer nodes fail than are allowed to', async () => {
    const failures = [{ fraction: 0.1, kind: 'doesNotBoot' }] as const;
    const report = await rollout({ nodes: 10, failures }, { maxFailures: 2 });

    expect(report).toMatchObject({ outcome: 'completed', updated: 9, failed: 1 });
    expect(report.timelines.filter(({ state }) => state === 'failed')).toHaveLength(1);
  });

  it.each<RolloutFailure>(['downloadFails', 'downloadStalls'])(
    'does not finish when a node %s, which is tried again for ever',
    async (failure) => {
      const nodes = [{ name: 'a', failure }, { name: 'b' }];
      const report = await rollout({ nodes, patience: 7200 });

      expect(report).toMatchObject({ outcome: 'didNotFinish', updated: 1, failed: 0 });
    },
  );

  it('takes nodes with their zones and labels, and leaves out what is not selected', async () => {
    const label = { 'upgrade.openeuler.org/node-selector': 'edge' };
    const nodes = [
      { name: 'a', zone: 'west', labels: label },
      { name: 'b', zone: 'east', labels: label },
      { name: 'c', zone: 'east' },
    ];
    const report = await rollout({ nodes }, { nodeselector: 'edge' });

    expect(report.timelines.map(({ node, zone }) => `${zone}/${node}`)).toEqual([
      'east/b',
      'west/a',
    ]);
    expect((await rollout({}, { nodeselector: 'edge' })).updated).toBe(3);
  });

  it('goes back to the other slot without a download', async () => {
    const report = await rollout({}, { opstype: 'rollback', osversion: 'KubeOS 1', checksum: '' });

    expect(report).toMatchObject({ outcome: 'completed', updated: 3 });
    expect(report.timelines[0]?.entries.map(({ step }) => step)).not.toContain('prepared');
  });

  it('waits for a time window, whenever it starts', async () => {
    const timewindow = { starttime: '22:00:00', endtime: '23:00:00' };
    const early = await rollout({}, { timewindow });
    const late = await rollout({ startsAt: '2026-03-01T22:10:00Z' }, { timewindow });

    expect(early.durationSeconds).toBeGreaterThan(10 * 3600);
    expect(late.durationSeconds).toBeLessThan(3600);
  });

  it('says what a rollout waits for that never moves', async () => {
    const paused = await rollout({}, { paused: true });
    expect(paused).toMatchObject({ outcome: 'didNotFinish', reason: 'Paused', updated: 0 });
  });

  it('refuses an OS that is not valid', async () => {
    await expect(rollout({}, { maxunavailable: 'many' })).rejects.toMatchObject({
      code: 'INVALID_SPEC',
    });
  });

  it('comes to its end in a fleet that is looked at now and then only', async () => {
    const durations = { download: 1, podShutdown: 1 };
    const report = await rollout({ nodes: 150, durations }, { maxunavailable: '50%' });

    expect(report).toMatchObject({ outcome: 'completed', updated: 150, mostOutOfService: 75 });
  });
});
