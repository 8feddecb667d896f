import { describe, expect, it } from '@jest/globals';
import { serialLabel } from '../api/names.ts';
import type { Os, OsSpec } from '../api/os.ts';
import type { FleetPlan } from './decide-fleet.ts';
import {
  aConfig,
  aConfigSpec,
  aNode,
  anOs,
  aSet,
  facts,
  unreadableFacts,
} from './fleet.fixture.ts';
import { lookAt, planned, working } from './fleet-nodes.fixture.ts';
import type { NodeFacts } from './standing.ts';

const config = (changes: Partial<OsSpec> = {}): Os =>
  anOs({ spec: aConfigSpec({ timeIntervalSeconds: 0, ...changes }) });
const plan = (...look: Parameters<typeof lookAt>): FleetPlan => lookAt(...look).plan;
const names = (candidates: FleetPlan['prepare']): readonly string[] =>
  candidates.map(({ member }) => member.name);
/** A node that has none of the settings. */
const able = (name: string, node = {}): NodeFacts =>
  facts(name, node, { agent: { capabilities: ['settings'] } });
/** Settings that are being applied without a cordon. */
const atWork = (name: string): NodeFacts => planned(name, 'none', { phase: 'After' });
const broken = facts('x', { ready: false });

describe('a configuration of a fleet', () => {
  it('plans on as many nodes as may be unavailable', () => {
    const { prepare, admit } = plan(config({ maxUnavailable: { count: 2 } }), [
      able('a'),
      able('b'),
      able('c'),
    ]);
    expect(names(prepare)).toEqual(['a', 'b']);
    expect(names(admit.candidates)).toEqual([]);
  });

  it.each<[string, Os, Parameters<typeof lookAt>[2], string]>([
    ['paused', config({ paused: true }), {}, 'Paused'],
    [
      'outside its window',
      config({ timeWindow: { start: '22:00:00', end: '04:00:00' } }),
      {},
      'OutsideTimeWindow',
    ],
    ['on an outdated CRD', config(), { served: 1 }, 'CRDOutdated'],
    ['without a budget', config({ maxUnavailable: { count: 0 } }), {}, 'MaxUnavailableZero'],
  ])('starts nothing while it is %s', (_name, os, about, reason) => {
    const { gate, prepare, admit } = plan(os, [able('a'), planned('b', 'none')], about);
    expect(gate?.reason).toBe(reason);
    expect(prepare).toEqual([]);
    expect([admit.count, ...admit.unnoticed]).toEqual([0]);
  });

  it('plans on its canary first, and goes on when that has the settings', () => {
    const os = config({ canary: { count: 1 }, maxUnavailable: { count: 3 } });
    expect(names(plan(os, [able('a'), able('b')]).prepare)).toEqual(['a']);
    const has = facts('a', {}, { status: { sysconfigs: aSet('s2') } });
    expect(names(plan(os, [has, able('b')]).prepare)).toEqual(['b']);
  });

  it('takes a node out of service only where its settings restart or reboot', () => {
    const nodes = [planned('a', 'restart'), planned('b', 'none'), planned('c', 'reboot')];
    const { admit } = plan(config({ maxUnavailable: { count: 3 } }), nodes);
    expect(names(admit.candidates)).toEqual(['a', 'c']);
    expect(admit.count).toBe(2);
    expect(names(admit.unnoticed)).toEqual(['b']);
  });

  it('needs no budget for settings that nobody notices', () => {
    const nodes = [planned('a', 'none'), planned('b', 'restart'), broken];
    const { admit, gate } = plan(config(), nodes);
    expect(names(admit.unnoticed)).toEqual(['a']);
    expect(admit.count).toBe(0);
    expect(gate?.reason).toBe('BudgetSpentOnBrokenNodes');
    expect(plan(config(), [planned('a', 'none'), unreadableFacts('x')]).gate).toBe(undefined);
  });

  it('holds no budget while such settings are applied', () => {
    const { plan: next, report } = lookAt(config(), [atWork('a'), planned('b', 'restart')]);
    expect(report.status).toMatchObject({ working: 1, preparing: 1 });
    expect(next.admit.count).toBe(1);
  });

  it('B-20: passes nobody over for pods that may stay', () => {
    const nodes = [planned('a', 'none'), planned('b', 'restart')];
    const { waiting } = plan(config(), nodes, { passedOver: ['a', 'b'] });
    expect(waiting.find(({ reason }) => reason === 'EvictionBlocked')?.examples).toEqual(['b']);
  });

  it('waits for the interval and for a ticket that is still to be carried through', () => {
    const admission = { epoch: 1, lastTime: '2026-06-01T11:59:55Z', pending: [] };
    const nodes = [planned('a', 'none')];
    const early = { ...config({ timeIntervalSeconds: 15 }), status: { admission } };
    expect(plan(early, nodes).gate?.reason).toBe('TimeInterval');
    const pending = [{ node: 'z', nodeUid: 'uid-z', seq: 1 }];
    const busy = { ...config(), status: { admission: { ...admission, pending } } };
    expect(plan(busy, nodes).admit.unnoticed).toEqual([]);
  });

  it('has one node at work in serial mode, whatever that costs', () => {
    const os = config({ executionMode: 'serial', maxUnavailable: { count: 2 } });
    const inBatch = { labels: { [serialLabel]: '' } };
    const [a, b] = [planned('a', 'none', {}, inBatch), planned('b', 'none', {}, inBatch)];
    expect(names(plan(os, [a, b]).admit.unnoticed)).toEqual(['a']);
    expect(names(plan(os, [atWork('x'), b]).admit.unnoticed)).toEqual([]);
    const felt = planned('c', 'restart', {}, inBatch);
    expect(plan(os, [a, felt]).admit.count).toBe(0);
    const { gate } = plan(os, [atWork('x'), felt]);
    expect(gate).toMatchObject({ reason: 'BudgetSpent' });
    expect(gate?.message).toContain('x');
  });

  it('is stopped by as many failures as are allowed, but what was begun is left to its end', () => {
    const failure = {
      seq: 1,
      class: 'bad' as const,
      reason: 'SettingsRefused',
      message: 'x',
      time: '',
    };
    const entry = {
      osUid: 'os-uid',
      type: 'config' as const,
      version: 'KubeOS 1',
      settings: 's2',
      activates: 0,
      attempts: 1,
      counted: true,
      last: failure,
    };
    const failed = facts('f', {}, { spec: { history: { seq: 1, entries: [entry] } } });
    const begun = planned('b', 'restart', { phase: 'After', admitted: true, bootIdBefore: 'boot' });
    const { gate, release } = plan(config(), [
      atWork('a'),
      begun,
      planned('c', 'none'),
      planned('d', 'restart', { phase: 'Drain', admitted: true }),
      failed,
    ]);
    expect(gate?.reason).toBe('MaxFailuresReached');
    expect(release.map(({ member }) => member.name)).toEqual(['c', 'd']);
    const next = anOs({ spec: aConfigSpec({ sysconfigs: aSet('s3') }) });
    expect(plan(next, [failed]).gate).toBe(undefined);
  });

  it('lets go what was planned on a node that it does not select any more', () => {
    const os: Os = { ...config(), selector: { kind: 'value', value: 'other' } };
    const { release } = plan(os, [atWork('a'), planned('b', 'none')]);
    expect(release.map(({ member }) => member.name)).toEqual(['b']);
  });

  it('counts a plan that is not made yet, and an upgrade at work, as before', () => {
    const preparing = facts('a', {}, { spec: { operation: aConfig(aNode('a')) } });
    const { report } = lookAt(config(), [preparing, working('b')]);
    expect(report.status).toMatchObject({ preparing: 1, working: 1 });
  });
});
