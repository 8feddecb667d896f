import { describe, expect, it } from '@jest/globals';
import type { PodView } from '../ports/cluster-views.ts';
import { judgePod } from './judge-pod.ts';
import { aDaemonSetPod, aPod } from './pods.fixture.ts';

type Word = 'evict' | 'MirrorPod' | 'DaemonSetPod' | 'LocalStorage' | 'Unmanaged';

function word(pod: PodView, force: boolean): Word {
  const verdict = judgePod(pod, { force });
  return verdict.kind === 'evict' ? 'evict' : verdict.reason;
}

const { controller: _, ...uncontrolled } = aPod();
const nobodys = { hasOwner: false } as const;

describe('judgePod', () => {
  it.each<[name: string, pod: PodView, forced: Word, unforced: Word]>([
    ['a pod of a ReplicaSet', aPod(), 'evict', 'evict'],
    ['a pod that is owned but not controlled', uncontrolled, 'evict', 'evict'],
    ['a mirror pod', aPod({ mirror: true }), 'MirrorPod', 'MirrorPod'],
    ['a finished mirror pod', aPod({ mirror: true, phase: 'Failed' }), 'MirrorPod', 'MirrorPod'],
    ['a DaemonSet pod', aDaemonSetPod(), 'DaemonSetPod', 'DaemonSetPod'],
    [
      'a DaemonSet pod with an emptyDir',
      aDaemonSetPod({ hasEmptyDir: true }),
      'DaemonSetPod',
      'DaemonSetPod',
    ],
    ['a failed DaemonSet pod', aDaemonSetPod({ phase: 'Failed' }), 'DaemonSetPod', 'DaemonSetPod'],
    ['a pod with an emptyDir', aPod({ hasEmptyDir: true }), 'evict', 'LocalStorage'],
    ['a pod without owner', aPod(nobodys), 'evict', 'Unmanaged'],
    ['a succeeded pod without owner', aPod({ ...nobodys, phase: 'Succeeded' }), 'evict', 'evict'],
    [
      'a failed pod with an emptyDir',
      aPod({ hasEmptyDir: true, phase: 'Failed' }),
      'evict',
      'evict',
    ],
  ])('decides about %s', (_name, pod, forced, unforced) => {
    expect([word(pod, true), word(pod, false)]).toEqual([forced, unforced]);
  });

  it('B-06: leaves DaemonSet pods where they are instead of refusing the drain, with force and without', () => {
    for (const force of [true, false]) {
      expect(judgePod(aDaemonSetPod(), { force })).toEqual({
        kind: 'ignore',
        reason: 'DaemonSetPod',
      });
    }
  });
});
