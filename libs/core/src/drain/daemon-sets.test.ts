import { describe, expect, it } from '@jest/globals';
import { daemonSetPodsReady, unreadyDaemonSets } from './daemon-sets.ts';
import { aDaemonSetPod, aPod } from './pods.fixture.ts';

const of = (set: string) => ({ controller: { kind: 'DaemonSet', name: set, uid: set } });
const pods = [
  aDaemonSetPod({ name: 'log-2', ready: false, ...of('log') }),
  aDaemonSetPod({ name: 'log-1', ready: false, ...of('log') }),
  aDaemonSetPod({ name: 'disk-1', ready: false, ...of('disk') }),
  aDaemonSetPod({ name: 'net-1', ...of('net') }),
  aPod({ ready: false }),
];

describe('unreadyDaemonSets', () => {
  it('names each DaemonSet with a pod that is not Ready once, in order', () => {
    expect(unreadyDaemonSets(pods)).toEqual(['kube-system/disk', 'kube-system/log']);
  });
});

describe('daemonSetPodsReady', () => {
  it('asks for every DaemonSet pod but those of the excused sets', () => {
    expect(daemonSetPodsReady(pods, ['kube-system/log'])).toEqual({
      ready: false,
      message: 'DaemonSet pods not Ready: kube-system/disk-1',
    });
    const excused = ['kube-system/disk', 'kube-system/log'];
    expect(daemonSetPodsReady(pods, excused)).toEqual({ ready: true });
  });

  it('excuses the pod that took the place of an excused one', () => {
    const excused = unreadyDaemonSets([
      aDaemonSetPod({ name: 'log-1', ready: false, ...of('log') }),
    ]);
    const next = aDaemonSetPod({ name: 'log-2', ready: false, ...of('log') });
    expect(daemonSetPodsReady([next], excused)).toEqual({ ready: true });
  });

  it('asks for nothing on a node without DaemonSet pods', () => {
    expect(daemonSetPodsReady([aPod({ ready: false })], [])).toEqual({ ready: true });
  });
});
