import { describe, expect, it } from '@jest/globals';
import type { BudgetView, PodView } from '../ports/cluster-views.ts';
import { evictionFeasibility } from './budgets.ts';
import { planDrain } from './plan-drain.ts';
import { aBudget, aPod, aSelector } from './pods.fixture.ts';

function feasibility(pods: readonly PodView[], budgets: readonly BudgetView[], force = false) {
  return evictionFeasibility(planDrain(pods, { force, isSpared: () => false }), budgets);
}

const spent = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 } as const;
const broken = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 } as const;

describe('evictionFeasibility', () => {
  it.each<[name: string, pod: Partial<PodView>, budget: Partial<BudgetView>, feasible: boolean]>([
    ['a budget with room', {}, {}, true],
    ['a spent budget', {}, spent, false],
    ['a spent budget of another namespace', {}, { ...spent, namespace: 'other' }, true],
    ['a spent budget over other pods', {}, { ...spent, selector: aSelector({ app: 'db' }) }, true],
    ['a spent budget over the whole namespace', {}, { ...spent, selector: aSelector({}) }, false],
    ['a pod that has finished', { phase: 'Succeeded' }, spent, true],
    ['a pod that has not been started', { phase: 'Pending', ready: false }, broken, true],
    ['a budget not computed yet', {}, { observed: false }, false],
    ['an unready pod, budget healthy', { ready: false }, spent, true],
    ['an unready pod, budget not healthy', { ready: false }, broken, false],
    ['an unready pod, nothing desired', { ready: false }, { ...spent, desiredHealthy: 0 }, false],
    [
      'an unready pod that may always go',
      { ready: false },
      { ...broken, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      true,
    ],
    [
      'an unready pod that may always go, budget not computed yet',
      { ready: false },
      { ...broken, unhealthyPodEvictionPolicy: 'AlwaysAllow', observed: false },
      true,
    ],
    [
      'an unready pod, healthy budget not computed yet',
      { ready: false },
      { ...spent, observed: false },
      false,
    ],
    [
      'a ready pod, AlwaysAllow',
      {},
      { ...spent, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      false,
    ],
  ])('foretells the answer for %s', (_name, pod, budget, feasible) => {
    expect(feasibility([aPod(pod)], [aBudget(budget)]).feasible).toBe(feasible);
  });

  it('selects nothing by a budget without a selector', () => {
    const { selector: _, ...withoutSelector } = aBudget(spent);

    expect(feasibility([aPod()], [withoutSelector])).toEqual({ feasible: true });
  });

  it('does not ask about pods that stay or leave by themselves', () => {
    expect(feasibility([aPod({ deleting: true })], [aBudget(spent)])).toEqual({ feasible: true });
  });

  it('B-20: names the pod and the budget that would hold the drain for ever', () => {
    expect(feasibility([aPod()], [aBudget(spent)])).toEqual({
      feasible: false,
      reason: 'EvictionBlocked',
      message:
        'Pod shop/web-1 is held: PodDisruptionBudget shop/web-budget allows no disruption (2 healthy of 2 needed)',
    });
  });

  it('says that a budget has still to be computed', () => {
    expect(feasibility([aPod()], [aBudget({ observed: false })])).toMatchObject({
      message:
        'Pod shop/web-1 is held: PodDisruptionBudget shop/web-budget has not been computed for its current spec yet',
    });
  });

  it('names both budgets where the API server refuses to choose, even for an unready pod', () => {
    const pod = aPod({ ready: false });

    expect(feasibility([pod], [aBudget(), aBudget({ name: 'second' })])).toEqual({
      feasible: false,
      reason: 'EvictionBlocked',
      message:
        'Pod shop/web-1 is held: more than one PodDisruptionBudget covers it (web-budget, second), which the API server refuses',
    });
  });

  it('names the pod that blocks the drain by what it is', () => {
    expect(feasibility([aPod({ hasEmptyDir: true })], [])).toEqual({
      feasible: false,
      reason: 'PodBlocksDrain',
      message: 'Pod shop/web-1 keeps data in an emptyDir volume (evictpodforce gives it up)',
    });
  });

  it('names a few of many pods and counts the others', () => {
    const pods = ['a', 'b', 'c', 'd', 'e'].map((name) => aPod({ name, hasOwner: false }));
    const answer = feasibility(pods, []);

    expect(answer).toMatchObject({ reason: 'PodBlocksDrain' });
    expect('message' in answer && answer.message.endsWith(' and 2 more')).toBe(true);
  });
});
