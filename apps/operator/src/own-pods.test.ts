import { describe, expect, it } from '@jest/globals';
import type { PodView } from '@kubeos/core';
import { createIsSpared } from './own-pods.ts';

const pod = (namespace: string, labels: Readonly<Record<string, string>>): PodView => ({
  namespace,
  name: 'p',
  uid: 'u',
  labels,
  phase: 'Running',
  ready: true,
  deleting: false,
  mirror: false,
  hasOwner: true,
  hasEmptyDir: false,
});

describe('the pods that a drain leaves alone', () => {
  it.each([
    ['its own', 'ns', { app: 'os=operator' }, true],
    ['another one of its namespace', 'ns', { app: 'web' }, false],
    ['one without labels', 'ns', {}, false],
    ['one of that name in another namespace', 'other', { app: 'os=operator' }, false],
  ])('%s', (_what, namespace, labels, isSpared) => {
    expect(createIsSpared('ns', 'app=os=operator')(pod(namespace, labels))).toBe(isSpared);
  });
});
