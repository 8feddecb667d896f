import { describe, expect, it } from '@jest/globals';
import { planDrain } from './plan-drain.ts';
import { podKey } from './pod-key.ts';
import { aDaemonSetPod, aPod } from './pods.fixture.ts';

const noneSpared = (): boolean => false;

describe('planDrain', () => {
  it('sorts pods into those to evict, those that leave and those in the way, by namespace and name', () => {
    const plan = planDrain(
      [
        aPod({ namespace: 'z', name: 'a' }),
        aPod({ namespace: 'a', name: 'b' }),
        aPod({ namespace: 'a', name: 'a' }),
        aPod({ name: 'local', hasEmptyDir: true }),
        aPod({ name: 'going', deleting: true }),
        aDaemonSetPod(),
      ],
      { force: false, isSpared: noneSpared },
    );

    expect(plan.evict.map(podKey)).toEqual(['a/a', 'a/b', 'z/a']);
    expect(plan.leaving.map(podKey)).toEqual(['shop/going']);
    expect(plan.blockers.map(({ pod, reason }) => [podKey(pod), reason])).toEqual([
      ['shop/local', 'LocalStorage'],
    ]);
  });

  it("neither evicts nor waits for the operator's own pods", () => {
    const plan = planDrain(
      [aPod({ name: 'operator', hasEmptyDir: true }), aPod({ name: 'operator', deleting: true })],
      { force: false, isSpared: (pod) => pod.name === 'operator' },
    );

    expect(plan).toEqual({ evict: [], leaving: [], blockers: [] });
  });

  it('B-07: waits for a pod that is terminating already, whatever it holds', () => {
    const leaving = aPod({ deleting: true, hasEmptyDir: true, hasOwner: false });

    expect(planDrain([leaving], { force: false, isSpared: noneSpared })).toEqual({
      evict: [],
      leaving: [leaving],
      blockers: [],
    });
  });

  it('does not wait for a DaemonSet pod that is terminating', () => {
    const plan = planDrain([aDaemonSetPod({ deleting: true })], {
      force: true,
      isSpared: noneSpared,
    });

    expect(plan.leaving).toEqual([]);
  });
});
