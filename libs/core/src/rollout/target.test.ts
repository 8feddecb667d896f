import { describe, expect, it } from '@jest/globals';
import type { SlotStatus } from '../api/agent-status.ts';
import type { HistoryEntry } from '../api/operation.ts';
import type { SettingsSet } from '../api/os-instance.ts';
import {
  aConfigSpec,
  aNode,
  anOperation,
  anOs,
  aRollbackSpec,
  aSet,
  aSlot,
  aSource,
  aSpec,
  digestOne,
  digestTwo,
  facts,
} from './fleet.fixture.ts';
import { Fleet } from './fleet.ts';
import type { NodeFacts } from './standing.ts';
import { historyOf, targetOf, withEntry, type TargetKey } from './target.ts';

const os = anOs({ spec: aRollbackSpec() });
/** A rollback to the slot with this digest, which failed. */
const failed: HistoryEntry = {
  osUid: 'os-uid',
  type: 'rollback',
  version: 'KubeOS 0',
  digest: digestOne,
  activates: 1,
  attempts: 1,
  counted: true,
  last: { seq: 1, class: 'bad', reason: 'BootFailed', message: 'no init', time: '' },
};
const history = { seq: 1, entries: [failed] };
const withIdle = (idle: SlotStatus): NodeFacts => {
  const slots = { A: aSlot('good', 'KubeOS 1', { slotDigest: digestTwo }), B: idle };
  return facts('a', {}, { spec: { history }, agent: { slots } });
};
const isCounted = (node: NodeFacts): boolean | undefined =>
  new Fleet(aSource([os], [node])).member(os.uid, 'a')?.counted;

describe('a rollback that failed', () => {
  it('counts while its slot holds the same content', () => {
    expect(isCounted(withIdle(aSlot('ready', 'KubeOS 0')))).toBe(true);
  });

  it('counts no more once the slot holds another image of the version', () => {
    const other = withIdle(aSlot('good', 'KubeOS 0', { slotDigest: digestTwo }));
    expect(isCounted(other)).toBe(false);
    expect(new Fleet(aSource([os], [other])).member(os.uid, 'a')?.standing.kind).toBe('eligible');
  });

  it('counts on when the slot was emptied', () => {
    expect(isCounted(withIdle({ state: 'empty' }))).toBe(true);
  });

  it('counts while the node is lost in the trial, which its last report is of', () => {
    const operation = anOperation(aNode('a'), {
      type: 'rollback',
      phase: 'After',
      admitted: true,
      target: { version: 'KubeOS 0', slot: 'B', slotDigest: digestOne },
    });
    const slots = {
      A: aSlot('good', 'KubeOS 1', { slotDigest: digestTwo }),
      B: aSlot('trial', 'KubeOS 0'),
    };
    const agent = { bootedSlot: 'B' as const, slots };
    expect(isCounted(facts('a', {}, { spec: { history, operation }, agent }))).toBe(true);
  });
});

describe('the target of a configuration', () => {
  const ofSet = (version: string): TargetKey | undefined =>
    targetOf(anOs({ spec: aConfigSpec({ sysconfigs: aSet(version) }) }), undefined);

  it('is its set, and has no digest', () => {
    const { instance } = withIdle(aSlot('good', 'KubeOS 0'));
    const key = targetOf(anOs({ spec: aConfigSpec() }), instance);
    expect(key).toEqual({ osUid: 'os-uid', type: 'config', version: 'KubeOS 1', settings: 's2' });
  });

  it('starts at zero with another set', () => {
    const [key, other] = [ofSet('s2'), ofSet('s3')];
    if (key === undefined || other === undefined) throw new Error('there is a target');
    const { digest: _digest, ...entry } = failed;
    const kept = withEntry(undefined, 1, { ...entry, ...key });
    expect(historyOf(kept, key).counted).toBe(true);
    expect(historyOf(kept, other)).toEqual({ ...other, activates: 0, attempts: 0, counted: false });
    expect(withEntry(kept, 2, { ...entry, ...other }).entries).toHaveLength(2);
  });
});

describe('the target of an upgrade with settings', () => {
  const targetWith = (sysconfigs: SettingsSet | undefined) =>
    targetOf(anOs({ spec: { ...aSpec(), ...(sysconfigs && { sysconfigs }) } }), undefined);

  it('is another one once its sets are mended', () => {
    const failed = {
      ...(targetWith(aSet('s1')) ?? fail()),
      activates: 1,
      attempts: 1,
      counted: true,
    };
    const history = { seq: 1, entries: [failed] };
    expect(historyOf(history, targetWith(aSet('s1')) ?? fail()).counted).toBe(true);
    expect(historyOf(history, targetWith(aSet('s2')) ?? fail()).counted).toBe(false);
  });

  it('has no settings where the sets are empty', () => {
    expect(targetWith({ version: 's1', configs: [] })).not.toHaveProperty('settings');
  });
});

function fail(): never {
  throw new Error('there is no target');
}
