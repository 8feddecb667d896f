import { describe, expect, it } from '@jest/globals';
import type { Os } from '../api/os.ts';
import { decideFleet } from './decide-fleet.ts';
import { aNode, anOperation, anOs, aRollbackSpec, aSource, facts } from './fleet.fixture.ts';
import { fleetReport } from './fleet-status.ts';
import { Fleet } from './fleet.ts';
import type { NodeFacts } from './standing.ts';
import { tally } from './tally.ts';

/** The message of an object whose operator has nothing in memory about its nodes. */
function messageOf(os: Os, nodes: readonly NodeFacts[]): string | undefined {
  const members = new Fleet(aSource([os], nodes)).members(os.uid);
  const since = (): number => 0;
  const counts = tally(members, since, () => undefined);
  const plan = decideFleet({
    os,
    members,
    tally: counts,
    now: { wallMs: 0, monotonicMs: 0 },
    operatorZone: 'UTC',
    cacheIsCurrent: true,
    servedSchemaRevision: 1,
    since,
  });
  return fleetReport(os, counts, plan, () => undefined).status.message;
}

describe('the message of an object', () => {
  it('names the phase of a node at work that gave no reason yet', () => {
    const operation = anOperation(aNode('a'), { phase: 'Drain', admitted: true });
    expect(messageOf(anOs(), [facts('a', {}, { spec: { operation } })])).toBe('a: Drain');
  });

  it('tells which slot stops a rollback', () => {
    const message = messageOf(anOs({ spec: aRollbackSpec() }), [facts('a'), facts('b')]);
    expect(message).toContain('2 node(s) wait, a, b among them');
    expect(message).toContain('Slot B of a is empty and holds no version, not KubeOS 0');
  });
});
