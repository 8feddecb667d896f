import { describe, expect, it } from '@jest/globals';
import { daemonSetPodsReady, unreadyDaemonSetPods } from './daemon-sets.ts';
import { aDaemonSetPod, aPod } from './pods.fixture.ts';

const pods = [
  aDaemonSetPod({ name: 'b', ready: false }),
  aDaemonSetPod({ name: 'a', ready: false }),
  aDaemonSetPod({ name: 'c' }),
  aPod({ ready: false }),
];

describe('unreadyDaemonSetPods', () => {
  it('names the DaemonSet pods that are not Ready, in order', () => {
    expect(unreadyDaemonSetPods(pods)).toEqual(['kube-system/a', 'kube-system/b']);
  });
});

describe('daemonSetPodsReady', () => {
  it('asks for every DaemonSet pod but the excused ones', () => {
    expect(daemonSetPodsReady(pods, ['kube-system/a'])).toEqual({
      ready: false,
      message: 'DaemonSet pods not Ready: kube-system/b',
    });
    expect(daemonSetPodsReady(pods, ['kube-system/a', 'kube-system/b'])).toEqual({ ready: true });
  });

  it('asks for nothing on a node without DaemonSet pods', () => {
    expect(daemonSetPodsReady([aPod({ ready: false })], [])).toEqual({ ready: true });
  });
});
