import { describe, expect, it } from '@jest/globals';
import { tried } from '../rollout/fleet-nodes.fixture.ts';
import { facts } from '../rollout/fleet.fixture.ts';
import { historyLines, type EventRecord } from './history.ts';
import { nodeCases } from './node-state.ts';
import { observed } from './observed.fixture.ts';

const cases = nodeCases(observed([tried('a'), tried('b', { settings: 's1' }), facts('c')]));
const event = (changes: Partial<EventRecord>): EventRecord => ({
  ...{ time: '2026-01-01T00:00:05Z', kind: 'OSInstance', namespace: 'default', name: 'a' },
  ...{ type: 'Warning', reason: 'Interrupted', message: 'GiveBack: nobody saw it' },
  ...changes,
});
const scope = { nodes: new Set(['a', 'b', 'c']), oses: new Set(['default/os']) };

describe('the history', () => {
  it('has the last ending of each target, and events, oldest first', () => {
    const events = [
      event({ kind: 'OS', name: 'os', time: '2026-01-03T00:00:00Z', reason: 'Paused' }),
      event({ kind: 'Node', name: 'c', time: '2025-12-31T00:00:00Z', type: 'Normal' }),
    ];
    const lines = historyLines(cases, events, scope);
    expect(lines.map(({ about, source, type }) => [about, source, type])).toEqual([
      ['node/c', 'event', 'Normal'],
      ['node/a', 'record', 'Warning'],
      ['node/b', 'record', 'Warning'],
      ['os/default/os', 'event', 'Warning'],
    ]);
    expect(lines[1]?.message).toBe(
      'upgrade to KubeOS 2, attempt 1, 1 of them activated: nobody saw it',
    );
    expect(lines[2]?.message).toContain('KubeOS 2, settings s1');
  });

  it('tells an ending once', () => {
    const only = { ...scope, nodes: new Set(['a']) };
    expect(historyLines(cases, [event({})], only).map(({ source }) => source)).toEqual(['event']);
    const later = historyLines(cases, [event({ time: '2026-01-01T01:00:00Z' })], only);
    expect(later.map(({ source }) => source)).toEqual(['record', 'event']);
  });

  it('leaves out what was not asked for', () => {
    const events = [event({}), event({ kind: 'OS', name: 'other' })];
    expect(historyLines(cases, events, { nodes: new Set(), oses: new Set() })).toEqual([]);
  });
});
