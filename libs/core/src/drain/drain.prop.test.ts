import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BudgetView, PodView } from '../ports/cluster-views.ts';
import { evictionFeasibility } from './budgets.ts';
import { daemonSetPodsReady, unreadyDaemonSets } from './daemon-sets.ts';
import { planDrain, type DrainOptions } from './plan-drain.ts';
import { podKey } from './pod-key.ts';
import { aBudget, aPod, aSelector } from './pods.fixture.ts';

const controllerKinds = fc.constantFrom('DaemonSet', 'ReplicaSet', 'StatefulSet', undefined);

const pods: fc.Arbitrary<readonly PodView[]> = fc.uniqueArray(
  fc
    .record({
      namespace: fc.constantFrom('a', 'b'),
      name: fc.string({ minLength: 1, maxLength: 3 }),
      app: fc.constantFrom('web', 'db'),
      phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
      ready: fc.boolean(),
      deleting: fc.boolean(),
      mirror: fc.boolean(),
      kind: controllerKinds,
      hasOwner: fc.boolean(),
      hasEmptyDir: fc.boolean(),
    })
    .map(({ app, kind, ...rest }) => {
      const { controller: _, ...pod } = aPod({ ...rest, labels: { app } });
      if (kind === undefined) return pod;
      return { ...pod, hasOwner: true, controller: { kind, name: 'x', uid: 'x' } };
    }),
  { selector: podKey },
);

const budgets: fc.Arbitrary<readonly BudgetView[]> = fc.array(
  fc
    .record({
      namespace: fc.constantFrom('a', 'b'),
      app: fc.constantFrom('web', 'db'),
      disruptionsAllowed: fc.nat(2),
      observed: fc.boolean(),
    })
    .map(({ app, ...rest }) => aBudget({ ...rest, selector: aSelector({ app }) })),
  { maxLength: 3 },
);

const options: fc.Arbitrary<DrainOptions> = fc.record({
  force: fc.boolean(),
  isSpared: fc.constantFrom(
    () => false,
    (pod: PodView) => pod.name < 'P',
  ),
});

describe('a drain', () => {
  it('puts each pod in at most one list, and only pods that stay by rule in none', () => {
    fc.assert(
      fc.property(pods, options, (all, given) => {
        const plan = planDrain(all, given);
        const placed = [...plan.evict, ...plan.leaving, ...plan.blockers.map(({ pod }) => pod)];
        expect(new Set(placed).size).toBe(placed.length);
        for (const pod of all) {
          const stays = given.isSpared(pod) || pod.mirror || pod.controller?.kind === 'DaemonSet';
          expect(placed.includes(pod)).toBe(!stays);
        }
      }),
    );
  });

  it('comes out the same whatever the order of the list', () => {
    fc.assert(
      fc.property(pods, options, (all, given) => {
        expect(planDrain([...all].reverse(), given)).toEqual(planDrain(all, given));
      }),
    );
  });

  it('has no blockers with force', () => {
    fc.assert(
      fc.property(pods, options, (all, given) => {
        expect(planDrain(all, { ...given, force: true }).blockers).toEqual([]);
      }),
    );
  });

  it('evicts no fewer pods with force than without', () => {
    fc.assert(
      fc.property(pods, options, (all, given) => {
        const forced = planDrain(all, { ...given, force: true }).evict;
        expect(forced).toEqual(expect.arrayContaining([...planDrain(all, given).evict]));
      }),
    );
  });

  it('is feasible without blockers and budgets, and never becomes so by one more budget', () => {
    fc.assert(
      fc.property(pods, options, budgets, (all, given, some) => {
        const plan = planDrain(all, given);
        expect(evictionFeasibility(plan, []).feasible).toBe(plan.blockers.length === 0);
        const withOne = evictionFeasibility(plan, [...some, aBudget({ namespace: 'a' })]);
        if (withOne.feasible) expect(evictionFeasibility(plan, some).feasible).toBe(true);
      }),
    );
  });

  it('excuses exactly the DaemonSet pods that were not Ready at admission', () => {
    fc.assert(
      fc.property(pods, (all) => {
        const unready = unreadyDaemonSets(all);
        expect(daemonSetPodsReady(all, unready).ready).toBe(true);
        expect(daemonSetPodsReady(all, []).ready).toBe(unready.length === 0);
      }),
    );
  });
});
