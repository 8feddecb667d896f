import { describe, expect, it } from '@jest/globals';
import type { AgentCapability } from '../api/agent-status.ts';
import { cordonAnnotation, holdAnnotation, retryAnnotation } from '../api/names.ts';
import { imageTypes, type HistoryEntry } from '../api/operation.ts';
import type { OsInstanceStatus } from '../api/os-instance.ts';
import {
  aConfigSpec,
  aNode,
  anAgent,
  anOperation,
  anOs,
  aPayload,
  aRollbackSpec,
  aSet,
  aSlot,
  aSpec,
  digestOne,
  digestTwo,
  facts,
  unreadableFacts,
} from './fleet.fixture.ts';
import { standingOf, type NodeFacts, type Standing } from './standing.ts';

const stand = (node: NodeFacts, spec = aSpec()): Standing => standingOf(anOs({ spec }), spec, node);
const reasonOf = (standing: Standing): string =>
  standing.kind === 'waiting' || standing.kind === 'failed' ? standing.reason : standing.kind;
const entry = (changes: Partial<HistoryEntry>): HistoryEntry => ({
  osUid: 'os-uid',
  type: 'upgrade',
  version: 'KubeOS 2',
  digest: digestTwo,
  activates: 1,
  attempts: 1,
  counted: false,
  ...changes,
});
const last = (outcome: 'bad' | 'transient' | 'interrupted') => ({
  seq: 1,
  class: outcome,
  reason: 'SomeReason',
  message: 'some message',
  time: '2026-01-01T00:00:00Z',
});
const tried = (changes: Partial<HistoryEntry>, annotations: Record<string, string> = {}) =>
  facts('n', { annotations }, { spec: { history: { seq: 1, entries: [entry(changes)] } } });

/** A node whose agent applies settings. */
const able = (status: Partial<OsInstanceStatus>): NodeFacts =>
  facts('n', {}, { agent: { capabilities: ['disk', 'rollback', 'settings'] }, status });

/** As a proxy reports that has no right to read Nodes. */
function withoutNodeUid({ node, instance }: ReturnType<typeof facts>): NodeFacts {
  const { nodeUid: _nodeUid, ...status } = instance.status;
  return { node, instance: { ...instance, status } };
}

function deleting({ node, instance }: ReturnType<typeof facts>): NodeFacts {
  return { node, instance: { ...instance, deleting: true } };
}

function inNoSlot({ node, instance }: ReturnType<typeof facts>): NodeFacts {
  const { bootedSlot: _slot, ...agent } = anAgent(node);
  return { node, instance: { ...instance, status: { ...instance.status, agent } } };
}

describe('standingOf', () => {
  it.each<[string, NodeFacts, ReturnType<typeof aSpec>, string]>([
    ['without a report', { node: aNode('n'), instance: undefined }, aSpec(), 'NoProxy'],
    [
      'with a report of another Node of its name',
      facts('n', {}, { status: { nodeUid: 'predecessor' } }),
      aSpec(),
      'ReportForeign',
    ],
    ['with a report of no known Node', withoutNodeUid(facts('n')), aSpec(), 'NodeUnread'],
    [
      'with a report of another boot',
      facts('n', {}, { agent: { bootId: 'old' } }),
      aSpec(),
      'ReportStale',
    ],
    ['that is held', facts('n', { annotations: { [holdAnnotation]: '' } }), aSpec(), 'Held'],
    ['that its console holds', facts('n', {}, { agent: { held: true } }), aSpec(), 'Held'],
    ['that somebody else cordoned', facts('n', { unschedulable: true }), aSpec(), 'ForeignCordon'],
    [
      'whose earlier cordon of ours is still to be taken off',
      facts('n', { unschedulable: true, annotations: { [cordonAnnotation]: 'unowned/boot-1' } }),
      aSpec(),
      'GivingBack',
    ],
    ['that is not Ready', facts('n', { ready: false }), aSpec(), 'NotReady'],
    ['that is being deleted', facts('n', { deleting: true }), aSpec(), 'NodeDeleting'],
    ['whose instance is being deleted', deleting(facts('n')), aSpec(), 'InstanceDeleting'],
    ['that booted no known slot', inNoSlot(facts('n')), aRollbackSpec(), 'RollbackImpossible'],
    [
      'with two disks alike',
      facts(
        'n',
        {},
        { agent: { warnings: [{ reason: 'AmbiguousDisk', message: 'sda and sdb' }] } },
      ),
      aSpec(),
      'AmbiguousDisk',
    ],
    [
      'whose agent cannot fetch the image type',
      facts('n', {}, { agent: { capabilities: [] } }),
      aSpec(),
      'ImageTypeUnsupported',
    ],
    [
      'with another operation open',
      facts('n', {}, { spec: { operation: anOperation(aNode('n'), { osUid: 'other' }) } }),
      aSpec(),
      'BusyWithOther',
    ],
    [
      'with an operation of this object open',
      facts('n', {}, { spec: { operation: anOperation(aNode('n')) } }),
      aSpec(),
      'open',
    ],
    ['that needs the upgrade', facts('n'), aSpec(), 'eligible'],
    ['whose operation cannot be read', unreadableFacts('n'), aSpec(), 'Unreadable'],
    [
      'whose agent does not apply settings, before an upgrade with some',
      facts('n'),
      aSpec({ sysconfigs: aSet('s2') }),
      'SettingsUnsupported',
    ],
    [
      'whose agent does not apply settings, before an upgrade with some for the old system',
      facts('n'),
      aSpec({ upgradeconfigs: aSet('u2') }),
      'SettingsUnsupported',
    ],
    [
      'whose agent does not apply settings and which has them',
      facts('n', {}, { status: { sysconfigs: aSet('s2') } }),
      aSpec({ sysconfigs: aSet('s2') }),
      'eligible',
    ],
    [
      'whose agent does not apply settings, before an upgrade with an empty set',
      facts('n'),
      aSpec({ sysconfigs: { version: 's2', configs: [] } }),
      'eligible',
    ],
    ['whose agent does not apply settings', facts('n'), aConfigSpec(), 'SettingsUnsupported'],
    [
      'B-26: that a configuration is wanted of on another version',
      able({}),
      aConfigSpec({ version: 'KubeOS 2' }),
      'VersionDiffers',
    ],
    ['that a configuration is wanted of', able({}), aConfigSpec(), 'eligible'],
    [
      'that has another set of settings',
      able({ sysconfigs: aSet('s1') }),
      aConfigSpec(),
      'eligible',
    ],
    ['that has the settings', able({ sysconfigs: aSet('s2') }), aConfigSpec(), 'updated'],
  ])('says of a node %s: %s', (_name, node, spec, expected) => {
    expect(reasonOf(stand(node, spec))).toBe(expected);
  });

  it.each(imageTypes)(
    'waits where an agent fetches everything but images of type %s',
    (imageType) => {
      const others = imageTypes.filter((other) => other !== imageType);
      const spec = aSpec({ payload: { ...aPayload, imageType } });
      const withThese = (capabilities: readonly AgentCapability[]): string =>
        reasonOf(stand(facts('n', {}, { agent: { capabilities } }), spec));
      expect(withThese(others)).toBe('ImageTypeUnsupported');
      expect(withThese([imageType])).toBe('eligible');
    },
  );

  it('calls a node updated only when its booted slot is good and holds the wanted version', () => {
    const running = {
      version: 'KubeOS 2',
      slots: { A: aSlot('good', 'KubeOS 2'), B: aSlot('good', 'KubeOS 1') },
    };
    expect(stand(facts('n', {}, { agent: running }))).toEqual({
      kind: 'updated',
      digestDiffers: false,
    });
    const onTrial = { ...running, slots: { ...running.slots, A: aSlot('trial', 'KubeOS 2') } };
    expect(reasonOf(stand(facts('n', {}, { agent: onTrial })))).toBe('UnownedTrial');
  });

  it.each([
    ['Configured', 'UnownedTrial'],
    ['Committed', undefined],
    ['Returned', undefined],
  ] as const)(
    'takes settings whose result is %s for in force only when nothing is on trial',
    (result, reason) => {
      const operation = { id: 'o', seq: 1, type: 'config', phase: 'After', state: 'Done' } as const;
      const node = facts('n', {}, { agent: { operation: { ...operation, result } } });
      const standing = stand(node, aConfigSpec({ sysconfigs: {} }));
      expect(standing.kind === 'waiting' ? standing.reason : undefined).toBe(reason);
    },
  );

  it.each([
    ['no settings', {}],
    ['no configs', { sysconfigs: { version: 's1' } }],
    ['an empty list of configs', { sysconfigs: { version: 's1', configs: [] } }],
    ['settings for the old system only', { upgradeconfigs: aSet('u1') }],
  ])('calls a node updated when a configuration carries %s', (_name, settings) => {
    const spec = aSpec({ type: 'config', version: 'KubeOS 1', ...settings });
    expect(stand(facts('n'), spec)).toEqual({ kind: 'updated', digestDiffers: false });
  });

  it('B-27: does not believe the osImage of the Node', () => {
    expect(stand(facts('n', { osImage: 'KubeOS 2' })).kind).toBe('eligible');
  });

  it('tells when the wanted version runs from another image', () => {
    const slot = aSlot('good', 'KubeOS 2', { payloadDigest: digestOne });
    const agent = { version: 'KubeOS 2', slots: { A: slot, B: { state: 'empty' as const } } };
    expect(stand(facts('n', {}, { agent }))).toEqual({ kind: 'updated', digestDiffers: true });
  });

  describe('when a rollback is wanted', () => {
    it.each([
      ['empty', 'KubeOS 0', 'RollbackImpossible'],
      ['failed', 'KubeOS 0', 'RollbackImpossible'],
      ['good', 'KubeOS 9', 'RollbackImpossible'],
      ['good', 'KubeOS 0', 'eligible'],
      ['ready', 'KubeOS 0', 'eligible'],
    ] as const)('B-02: answers for a %s slot of %s: %s', (state, version, expected) => {
      const agent = { slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot(state, version) } };
      expect(reasonOf(stand(facts('n', {}, { agent }), aRollbackSpec()))).toBe(expected);
    });
  });

  it('does not drain a node whose agent cannot roll back', () => {
    const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };
    const agent = { slots, capabilities: ['disk' as const] };
    expect(stand(facts('n', {}, { agent }), aRollbackSpec())).toMatchObject({
      reason: 'RollbackImpossible',
      message: 'The agent of n cannot roll back',
    });
  });

  describe('when the target was tried before', () => {
    it('gives up after a counted failure, with its reason', () => {
      expect(stand(tried({ counted: true, last: last('bad') }))).toMatchObject({
        kind: 'failed',
        reason: 'SomeReason',
      });
    });

    it('B-19: pauses after a transient one, longer each time', () => {
      const once = stand(tried({ last: last('transient') }));
      const often = stand(tried({ attempts: 4, last: last('transient') }));
      expect(once).toMatchObject({ kind: 'waiting', pause: { seconds: 15 } });
      expect(often).toMatchObject({ kind: 'waiting', pause: { seconds: 120 } });
    });

    it('gives up after three activations, whatever their class', () => {
      expect(reasonOf(stand(tried({ activates: 3, last: last('interrupted') })))).toBe(
        'AttemptsExhausted',
      );
    });

    it('gives up after three activations that were all cancelled', () => {
      expect(stand(tried({ activates: 2, attempts: 0 })).kind).toBe('eligible');
      expect(stand(tried({ activates: 3, attempts: 0 }))).toEqual({
        kind: 'failed',
        reason: 'AttemptsExhausted',
        message: 'n was activated 3 times without success',
      });
    });

    it('lets a person ask for another attempt after cancelled ones', () => {
      const node = tried({ activates: 3, attempts: 0 }, { [retryAnnotation]: digestTwo });
      expect(stand(node)).toMatchObject({ kind: 'eligible', retry: digestTwo });
    });

    it.each([
      [digestTwo, undefined, 'eligible'],
      [`${digestTwo}#2`, digestTwo, 'eligible'],
      [digestTwo, digestTwo, 'SomeReason'],
      [digestOne, undefined, 'SomeReason'],
    ])('reads the retry annotation %s after %s: %s', (value, consumedRetry, expected) => {
      const used = consumedRetry === undefined ? {} : { consumedRetry };
      const node = tried(
        { counted: true, last: last('bad'), ...used },
        { [retryAnnotation]: value },
      );
      expect(reasonOf(stand(node))).toBe(expected);
    });

    it.each([
      ['s2', undefined, 'eligible'],
      ['s2#2', 's2', 'eligible'],
      ['s2', 's2', 'SomeReason'],
      ['s', undefined, 'SomeReason'],
      ['s21', undefined, 'SomeReason'],
    ])('reads the retry annotation %s of a set after %s: %s', (value, consumedRetry, expected) => {
      const used = consumedRetry === undefined ? {} : { consumedRetry };
      const { digest: _digest, ...failed } = entry({ counted: true, last: last('bad'), ...used });
      const target = { type: 'config', version: 'KubeOS 1', settings: 's2' } as const;
      const { node, instance } = able({});
      const annotated = { ...node, annotations: { [retryAnnotation]: value } };
      const history = { seq: 1, entries: [{ ...failed, ...target }] };
      const tried = instance && { ...instance, spec: { ...instance.spec, history } };
      expect(reasonOf(stand({ node: annotated, instance: tried }, aConfigSpec()))).toBe(expected);
    });

    it('starts a new digest at zero', () => {
      const other = aSpec({ payload: { ...aPayload, digest: digestOne } });
      expect(stand(tried({ counted: true, last: last('bad') }), other).kind).toBe('eligible');
    });
  });
});
