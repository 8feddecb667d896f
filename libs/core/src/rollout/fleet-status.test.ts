import { describe, expect, it } from '@jest/globals';
import { holdAnnotation, serialLabel } from '../api/names.ts';
import type { Condition } from '../conditions/condition.ts';
import type { Os, OsSpec, PendingAdmission } from '../api/os.ts';
import { pendingLimit, type FleetPlan } from './decide-fleet.ts';
import {
  aNode,
  anAgent,
  anOperation,
  anOs,
  aRollbackSpec,
  aSet,
  aSlot,
  aSpec,
  digestOne,
  facts,
} from './fleet.fixture.ts';
import {
  done,
  exhausted,
  failed,
  lookAt,
  prepared,
  preparing,
  tried,
  working,
  type Circumstances,
} from './fleet-nodes.fixture.ts';
import { clip, type FleetReport } from './fleet-status.ts';
import type { NodeFacts } from './standing.ts';

const reportOf = (...look: Parameters<typeof lookAt>): FleetReport => lookAt(...look).report;
const messageOf = (os: Os, nodes: readonly NodeFacts[]): string | undefined =>
  reportOf(os, nodes).status.message;
const conditionOf = (report: FleetReport, type: string): Partial<Condition> | undefined =>
  report.conditions.find((one) => one.type === type);
/** Waiting nodes as `reason: names`. */
const waitingOf = (report: FleetReport): readonly string[] =>
  (report.status.waiting ?? []).map(({ reason, examples }) => `${reason}: ${examples.join(' ')}`);

const three = { maxUnavailable: { count: 3 } };
const back = { agent: { slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') } } };

const uid = '6f1ba6a4-2f0c-4d1e-9f0c-6d2a53f1c0de';

/** As long as the API server allows. */
const longName = (group: string, index: number): string =>
  `${group}-${String(index).padStart(3, '0')}-`.padEnd(253, 'x');

/** Twenty nodes with the longest names. */
const twenty = (group: string, make: (name: string) => NodeFacts): readonly NodeFacts[] =>
  Array.from({ length: 20 }, (_, index) => make(longName(group, index)));

/** A fleet with more reasons to wait than a status shows, and texts as long as anybody writes them. */
function aLargeMess(): readonly NodeFacts[] {
  const twoDisks = { reason: 'AmbiguousDisk' as const, message: 'žluť "sda" a "sdb" '.repeat(200) };
  const foreign = (name: string) => anOperation(aNode(name), { osUid: 'other' });
  return [
    ...twenty('a', (name) => facts(name, {}, { agent: { warnings: [twoDisks] } })),
    ...twenty('a-more', (name) => facts(name, {}, { agent: { warnings: [twoDisks] } })),
    ...twenty('b', (name) => facts(name, { ready: false })),
    ...twenty('c', (name) => facts(name, { unschedulable: true })),
    ...twenty('d', (name) => facts(name, { deleting: true })),
    ...twenty('e', (name) => facts(name, { annotations: { [holdAnnotation]: '' } })),
    ...twenty('f', (name) => ({ node: aNode(name), instance: undefined })),
    ...twenty('g', (name) => facts(name, {}, { agent: { bootId: 'old' } })),
    ...twenty('h', (name) => facts(name, {}, { spec: { operation: foreign(name) } })),
    ...twenty('i', (name) => facts(name, {}, { agent: { capabilities: [] } })),
    ...twenty('j', (name) => tried(name)),
    ...twenty('k', failed),
    ...twenty('l', exhausted),
    ...twenty('m', (name) => facts(name)),
    ...['n', 'o', 'p', 'q'].flatMap((group) => twenty(group, (name) => prepared(name, { uid }))),
  ];
}

/** The pending entries of a ticket for as many nodes as may be admitted at once. */
function fullTicket({ admit }: FleetPlan): readonly PendingAdmission[] {
  return admit.candidates.slice(0, admit.count).map(({ member: { name, facts: about } }) => ({
    node: name,
    nodeUid: about.node.uid,
    seq: Number.MAX_SAFE_INTEGER,
  }));
}

describe('a long message', () => {
  it.each(['x', 'é', '語', '🙂'])('of %s is cut to 512 bytes behind a whole character', (char) => {
    const bytes = (text: string): number => new TextEncoder().encode(text).length;
    const most = Math.floor(512 / bytes(char));
    expect(clip(char.repeat(most))).toBe(char.repeat(most));
    const cut = clip(char.repeat(most + 1));
    expect(cut).toMatch(new RegExp(`^${char}+[.]{3}$`, 'u'));
    expect(bytes(cut)).toBeGreaterThan(512 - 4);
    expect(bytes(cut)).toBeLessThanOrEqual(512);
  });
});

describe('the report of an object', () => {
  it('stays under 32 KiB with its ticket, however many nodes wait for whatever reasons', () => {
    // A set without a name is never brought to a node, and so keeps nobody waiting.
    const sysconfigs = { configs: aSet('').configs ?? [] };
    const spec = aSpec({ maxUnavailable: { count: 300 }, maxFailures: 300, sysconfigs });
    const warnings = Array.from({ length: 200 }, () => ({ path: 'p'.repeat(99), message: 'm' }));
    const { plan, report } = lookAt(anOs({ spec, warnings }), aLargeMess());
    const time = '2026-06-01T12:00:00Z';
    const status = {
      ...report.status,
      conditions: report.conditions.map((one) => ({ ...one, lastTransitionTime: time })),
      admission: { epoch: 1000, lastTime: time, pending: fullTicket(plan) },
    };
    expect(status.conditions).toHaveLength(7);
    expect(plan.admit.count).toBeGreaterThan(40);
    expect(status.waiting).toHaveLength(10);
    for (const { examples } of status.waiting ?? []) expect(examples.length).toBeGreaterThan(1);
    expect(new TextEncoder().encode(JSON.stringify(status)).length).toBeLessThan(32_768);
  });

  it('admits as many nodes with names of a usual length as a ticket may hold', () => {
    const nodes = Array.from({ length: 80 }, (_, index) =>
      prepared(`ip-10-0-0-${String(index)}.eu-central-1.compute.internal`),
    );
    const spec = aSpec({ maxUnavailable: { count: 80 } });
    expect(lookAt(anOs({ spec }), nodes).plan.admit.count).toBe(pendingLimit);
  });

  it('B-30: counts, and names the one thing being waited for', () => {
    const report = reportOf(anOs(), [working('a'), done('b'), facts('c')]);
    expect(report.status).toMatchObject({
      nodes: 3,
      updated: 1,
      working: 1,
      failed: 0,
      message: 'a: Drain',
    });
    expect(conditionOf(report, 'Ready')).toMatchObject({ status: 'False', reason: 'Drain' });
    expect(conditionOf(report, 'Progressing')?.status).toBe('True');
  });

  it('is Ready when every node is updated', () => {
    expect(conditionOf(reportOf(anOs(), [done('a')]), 'Ready')).toMatchObject({
      status: 'True',
      reason: 'AllNodesUpdated',
    });
  });

  it('is Degraded when nodes failed, and names them', () => {
    const report = reportOf(anOs(), [failed('a'), facts('b')]);
    expect(conditionOf(report, 'Degraded')).toMatchObject({
      status: 'True',
      message: '1 node(s) failed: a',
    });
  });

  it('tells why the last node was given up, although its failure does not count', () => {
    const report = reportOf(anOs(), [exhausted('a'), done('b')]);
    expect(report.status).toMatchObject({ nodes: 2, updated: 1, failed: 1 });
    expect(report.status.message).toContain('a was activated 3 times without success');
    expect(waitingOf(report)).toEqual(['AttemptsExhausted: a']);
    expect(conditionOf(report, 'Degraded')?.status).toBe('True');
    expect(conditionOf(report, 'Progressing')?.reason).toBe('AttemptsExhausted');
  });

  it('tells why a node failed that does not stop the line', () => {
    const report = reportOf(anOs({ spec: aSpec({ maxFailures: 2 }) }), [failed('a'), done('b')]);
    expect(report.status.message).toContain('no init');
    expect(waitingOf(report)).toEqual(['BootFailed: a']);
  });

  it('tells which slot stops a rollback', () => {
    const message = messageOf(anOs({ spec: aRollbackSpec() }), [facts('a'), facts('b')]);
    expect(message).toContain('2 node(s) wait, a, b among them');
    expect(message).toContain('Slot B of a is empty and holds no version, not KubeOS 0');
  });

  it('names what holds the canary up, not those behind it', () => {
    const os = anOs({ spec: aSpec({ canary: { count: 1 } }) });
    const broken = ['c', 'd', 'e'].map((name) => facts(name, { ready: false }));
    const report = reportOf(os, [facts('a', { ready: false }), facts('b'), ...broken]);
    expect(waitingOf(report)).toEqual(['NotReady: a c d e', 'CanaryPending: b']);
    expect(report.status.message).toContain('Canary a comes first: a is not Ready');
  });

  it('names what holds the line up, not the line', () => {
    const held = prepared('a', { annotations: { [holdAnnotation]: '' } });
    const serial = aSpec({ executionMode: 'serial' });
    const inBatch = facts('b', { ready: false, labels: { [serialLabel]: '' } });
    const report = reportOf(anOs({ spec: serial }), [held, inBatch, facts('c'), facts('d')]);
    expect(waitingOf(report)).toEqual(['NotInBatch: c d', 'Held: a', 'NotReady: b']);
    expect(report.status.message).toContain('a carries the annotation');
  });

  it.each<[string, Partial<OsSpec>, readonly NodeFacts[], Circumstances, readonly string[]]>([
    ['its turn', {}, [facts('a'), prepared('b')], {}, ['Queued: b a']],
    [
      'the canary',
      { canary: { count: 1 } },
      [preparing('a'), facts('b')],
      {},
      ['CanaryPending: b'],
    ],
    [
      'the batch before it',
      { executionMode: 'serial' },
      [facts('a', { labels: { [serialLabel]: '' } }), facts('b'), prepared('c')],
      {},
      ['NotInBatch: c b', 'Queued: a'],
    ],
    [
      'its Node to go',
      {},
      [prepared('a', { deleting: true }), facts('b')],
      {},
      ['NodeDeleting: a', 'Queued: b'],
    ],
    ['the budget', {}, [working('a'), prepared('b'), facts('c')], {}, ['BudgetSpent: b c']],
    ['somebody to unpause it', { paused: true }, [prepared('a'), facts('b')], {}, ['Paused: a b']],
    [
      'the window',
      { timeWindow: { start: '22:00:00', end: '04:00:00' } },
      [prepared('a'), facts('b')],
      {},
      ['OutsideTimeWindow: a b'],
    ],
    [
      'its pods, once',
      three,
      [prepared('a'), prepared('b'), facts('c')],
      { passedOver: ['a', 'c'] },
      ['EvictionBlocked: a c', 'Queued: b'],
    ],
    ['the end of its pause', three, [tried('a'), facts('b')], {}, ['Interrupted: a', 'Queued: b']],
  ])('counts each node that waits for %s', (_what, changes, nodes, about, expected) => {
    expect(waitingOf(reportOf(anOs({ spec: aSpec(changes) }), nodes, about))).toEqual(expected);
  });

  it('names the nodes that run the wanted version from another image', () => {
    const os = anOs();
    const { node, instance } = done('a');
    const slot = aSlot('good', 'KubeOS 2', { payloadDigest: digestOne });
    const agent = anAgent(node, { version: 'KubeOS 2', slots: { A: slot, B: { state: 'empty' } } });
    const other = { node, instance: { ...instance, status: { ...instance.status, agent } } };
    expect(conditionOf(reportOf(os, [done('b')]), 'DigestDiffers')?.status).toBe('False');
    const found = conditionOf(reportOf(os, [other, done('b')]), 'DigestDiffers');
    expect(found).toMatchObject({ status: 'True', reason: 'SameVersionOtherDigest' });
    expect(found?.message).toMatch(/^1 node.*: a$/);
  });

  it('counts a rollback that waits for its turn', () => {
    const os = anOs({ spec: aRollbackSpec() });
    const nodes = [facts('a', {}, back), facts('b', {}, back)];
    expect(waitingOf(reportOf(os, nodes))).toEqual(['Queued: a b']);
  });
});
