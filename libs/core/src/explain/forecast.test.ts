import { describe, expect, it } from '@jest/globals';
import { holdAnnotation, zoneLabel } from '../api/names.ts';
import type { Os, OsSpec } from '../api/os.ts';
import { aBudget, aPod } from '../drain/pods.fixture.ts';
import {
  done,
  failed,
  prepared,
  preparing,
  tried,
  working,
} from '../rollout/fleet-nodes.fixture.ts';
import {
  aConfigSpec,
  anOs,
  aRollbackSpec,
  aSet,
  aSlot,
  aSpec,
  facts,
} from '../rollout/fleet.fixture.ts';
import type { NodeFacts } from '../rollout/standing.ts';
import { forecastRollout, type RolloutForecast } from './forecast.ts';
import { now, observed } from './observed.fixture.ts';
import type { ObservedCluster } from './observed.ts';

const quick = { download: 10, verify: 0, drain: 30, reboot: 60 };
const spec = (changes: Partial<OsSpec>): OsSpec =>
  aSpec({ minReadySeconds: 0, timeIntervalSeconds: 0, ...changes });

function foresee(
  nodes: readonly NodeFacts[],
  wanted: OsSpec,
  changes: Partial<ObservedCluster> = {},
): RolloutForecast {
  const os: Os = anOs({ spec: wanted });
  return forecastRollout(observed(nodes, { oses: [os], ...changes }), os, quick);
}

/** Names by batch. */
function batchesOf({ nodes, batches }: RolloutForecast): readonly (readonly string[])[] {
  return Array.from({ length: batches }, (_, index) =>
    nodes.filter(({ batch }) => batch === index + 1).map(({ node }) => node),
  );
}

const fleet = ['a', 'b', 'c', 'd', 'e'].map((name) => facts(name));
const capable = { capabilities: ['disk', 'rollback', 'settings'] as const };

describe('a forecast', () => {
  it('takes nodes out in their order, as many as may be unavailable', () => {
    const foreseen = foresee(fleet, spec({ maxUnavailable: { count: 2 } }));
    expect(batchesOf(foreseen)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(foreseen).toMatchObject({
      ...{ budget: 2, reboots: 5, evictions: 0, blocked: [], asWanted: [] },
      ...{ isPaused: false, waitsForWindowSeconds: 0 },
    });
    // 10 to prepare; then thrice 5 to settle, 60 to reboot and 20 for the Lease.
    expect(foreseen.durationSeconds).toBe(10 + 3 * 85);
  });

  it('lets a batch wait for the interval', () => {
    const foreseen = foresee(
      fleet,
      spec({ maxUnavailable: { count: 2 }, timeIntervalSeconds: 600 }),
    );
    expect(foreseen.nodes.map(({ startsSeconds }) => Math.round(startsSeconds))).toEqual([
      10, 10, 610, 610, 1210,
    ]);
  });

  it('lets the canaries go first, then zone by zone', () => {
    const nodes = [
      facts('a', { labels: { [zoneLabel]: '2' } }),
      facts('b', { labels: { [zoneLabel]: '1' } }),
      facts('c', { labels: { [zoneLabel]: '1' } }),
    ];
    const wanted = spec({ maxUnavailable: { count: 3 }, canary: { count: 1 } });
    expect(batchesOf(foresee(nodes, wanted))).toEqual([['b'], ['c', 'a']]);
  });

  it('takes one at a time in serial mode', () => {
    const wanted = spec({ executionMode: 'serial', maxUnavailable: { count: 2 } });
    const foreseen = foresee(fleet, wanted);
    expect(batchesOf(foreseen)).toEqual([['a'], ['b'], ['c'], ['d'], ['e']]);
  });

  it('leaves behind what waits for something of its own, and says for what', () => {
    const nodes = [
      facts('a', { annotations: { [holdAnnotation]: '' } }),
      facts('b', { unschedulable: true }),
      done('c'),
      facts('d'),
    ];
    const foreseen = foresee(nodes, spec({ maxUnavailable: { count: 2 } }));
    expect(batchesOf(foreseen)).toEqual([['d']]);
    expect(foreseen.asWanted).toEqual(['c']);
    expect(foreseen.blocked).toMatchObject([
      { node: 'a', reason: 'Held', runbook: 'waiting' },
      { node: 'b', reason: 'ForeignCordon' },
    ]);
  });

  it('says what stops everything', () => {
    const foreseen = foresee([failed('a'), facts('b')], spec({}));
    expect(foreseen.nodes).toEqual([]);
    expect(foreseen.blocked.map(({ node, reason }) => [node, reason])).toEqual([
      ['a', 'BootFailed'],
      ['b', 'MaxFailuresReached'],
    ]);
  });

  it('counts the pods that leave, and passes over those nodes whose pods may not', () => {
    const pods = new Map([
      ['a', [aPod({ name: 'x', labels: { app: 'x' } }), aPod({ name: 'y', labels: {} })]],
      ['b', [aPod({ name: 'z', labels: {} })]],
    ]);
    const x = { matchLabels: { app: 'x' }, matchExpressions: [] };
    const budgets = [
      aBudget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, selector: x }),
    ];
    const blocked = foresee([facts('a'), facts('b')], spec({}), { pods, budgets });
    expect(blocked.nodes).toMatchObject([{ node: 'b', evictions: 1 }]);
    // Each of the two was prepared when its turn came.
    expect(blocked.nodes[0]?.endsSeconds).toBe(2 * 10 + 30 + 85);
    expect(blocked.blocked).toMatchObject([{ node: 'a', reason: 'EvictionBlocked' }]);
    expect(foresee([facts('a')], spec({}), { pods }).evictions).toBe(2);
  });

  it('leaves other objects and their nodes alone', () => {
    const mine = anOs({ spec: spec({}), selector: { kind: 'value', value: 'mine' } });
    const other = anOs({ uid: 'other', name: 'other', selector: { kind: 'unlabelled' } });
    const labels = { 'upgrade.openeuler.org/node-selector': 'mine' };
    const nodes = [facts('a', { labels }), facts('b')];
    const foreseen = forecastRollout(observed(nodes, { oses: [other, mine] }), mine, quick);
    expect(foreseen.nodes).toMatchObject([{ node: 'a', batch: 1 }]);
    expect(foreseen.blocked).toEqual([]);
  });

  it('goes on with what is at work', () => {
    const nodes = [working('a'), preparing('b'), prepared('c'), facts('d')];
    const foreseen = foresee(nodes, spec({}));
    expect(foreseen.nodes.map(({ node, batch }) => [node, batch])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 3],
    ]);
  });

  it('foresees what is paused as if it were resumed', () => {
    const foreseen = foresee([facts('a')], spec({ paused: true }));
    expect(foreseen).toMatchObject({ isPaused: true, nodes: [{ node: 'a' }] });
  });

  it('waits for the window, today and on the next day', () => {
    const timeWindow = { start: '13:00:00', end: '13:01:00' };
    const foreseen = foresee([facts('a'), facts('b')], spec({ timeWindow }));
    expect(foreseen.waitsForWindowSeconds).toBe(3600);
    const [first, second] = foreseen.nodes;
    expect([first?.node, second?.node]).toEqual(['a', 'b']);
    expect(Math.floor((first?.startsSeconds ?? 0) / 3600)).toBe(1);
    expect(Math.floor((second?.startsSeconds ?? 0) / 3600)).toBe(25);
  });

  it('says so when the window is over for good', () => {
    const timeWindow = { start: '2026-05-01 00:00:00', end: '2026-05-02 00:00:00' };
    expect(foresee([facts('a')], spec({ timeWindow })).blocked).toMatchObject([
      { node: 'a', reason: 'OutsideTimeWindow' },
    ]);
  });

  it('waits for the pause of a node that is to be tried again', () => {
    const time = new Date(now).toISOString();
    const last = {
      seq: 1,
      class: 'interrupted',
      reason: 'Interrupted',
      message: '',
      time,
    } as const;
    const foreseen = foresee([tried('a', { last })], spec({}));
    expect(Math.round(foreseen.nodes[0]?.startsSeconds ?? 0)).toBe(60 + 10);
  });

  it('is not held up by a ticket that is being carried through', () => {
    const admission = { epoch: 1, pending: [{ node: 'x', nodeUid: 'x', seq: 1 }] };
    const os = anOs({ spec: spec({}), status: { admission } });
    const foreseen = forecastRollout(observed([facts('a')], { oses: [os] }), os, quick);
    expect(foreseen.nodes).toMatchObject([{ node: 'a' }]);
  });

  it('of a rollback needs no download', () => {
    const agent = { slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') } };
    const nodes = [facts('a', {}, { agent }), facts('b')];
    const foreseen = foresee(nodes, aRollbackSpec({ minReadySeconds: 0 }));
    expect(foreseen.nodes).toMatchObject([{ node: 'a', startsSeconds: 0, reboots: true }]);
    expect(foreseen.blocked).toMatchObject([{ node: 'b', reason: 'RollbackImpossible' }]);
  });

  it.each([
    ['nobody notices', {}, false, 5],
    ['restart the kubelet', { model: 'kubernetes.kubelet', restart: true }, false, 30 + 25],
    ['reboot', { model: 'grub.cmdline.current', reboot: 'ifNeeded' }, true, 30 + 85],
  ] as const)('of settings that %s is as long as those', (_what, entry, reboots, seconds) => {
    const contents = [{ key: 'a', value: '1' }];
    const sysconfigs = aSet('s2', { configs: [{ model: 'kernel.sysctl', contents, ...entry }] });
    const pods = new Map([['a', [aPod({ labels: {} })]]]);
    const nodes = [facts('a', {}, { agent: capable })];
    const wanted = aConfigSpec({ sysconfigs, minReadySeconds: 0 });
    const foreseen = foresee(nodes, wanted, { pods });
    expect(foreseen.blocked).toEqual([]);
    expect(foreseen.nodes).toMatchObject([{ node: 'a', reboots, startsSeconds: 5 }]);
    expect(foreseen.nodes[0]?.endsSeconds).toBe(5 + seconds);
  });

  it('of an object that is not valid moves nothing', () => {
    const { spec: _spec, ...invalid } = anOs();
    const foreseen = forecastRollout(observed([facts('a')], { oses: [invalid] }), invalid);
    expect(foreseen).toMatchObject({ nodes: [], blocked: [{ reason: 'InvalidSpec' }] });
  });

  it('of two thousand nodes takes no time', () => {
    const nodes = Array.from({ length: 2000 }, (_, index) => facts(`n${String(index)}`));
    const foreseen = foresee(nodes, spec({ maxUnavailable: { count: 50 } }));
    expect(foreseen.batches).toBe(40);
  });
});
