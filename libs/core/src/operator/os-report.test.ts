import { describe, expect, it } from '@jest/globals';
import { anInstance, aNode, anOs, aSpec } from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn } from './memory-cluster.fixture.ts';

const key = { kind: 'os', uid: 'os-uid' } as const;

/** An object whose one node somebody has cordoned, first paused. */
function heldUp() {
  const cluster = new MemoryCluster();
  const setPaused = (paused: boolean): void => {
    cluster.osByUid.set('os-uid', {
      ...(cluster.osByUid.get('os-uid') ?? anOs()),
      spec: aSpec({ paused }),
    });
  };
  const node = aNode('a', { unschedulable: true });
  cluster.add(node, anInstance(node));
  setPaused(true);
  const operator = operatorOn(cluster);
  const at = async (seconds: number) => {
    cluster.nowMs = seconds * 1000;
    return operator.reconcile(key);
  };
  const told = (): readonly string[] => cluster.events.map(({ reason }) => reason);
  return { cluster, operator, setPaused, at, told };
}

describe('the events of an object', () => {
  it('tell what it waits for at first, and what else once that has held', async () => {
    const { setPaused, at, told } = heldUp();
    await at(0);
    expect(told()).toContain('Paused');
    setPaused(false);
    await at(10);
    expect(told()).not.toContain('ForeignCordon');
    expect(await at(12)).toEqual({ kind: 'after', seconds: 5 });
    await at(17);
    await at(60);
    expect(told().filter((reason) => reason === 'ForeignCordon')).toHaveLength(1);
  });

  it('are not told again by a new leader', async () => {
    const { operator, at, told } = heldUp();
    await at(0);
    const before = told();
    await operator.lead();
    await at(1);
    await at(20);
    expect(told()).toEqual(before);
  });
});
