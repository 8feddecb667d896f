import { describe, expect, it } from '@jest/globals';
import type { OsInstance } from '@kubeos/core';
import { statusSteps } from './own-instance.ts';
import { nodeUidOfToken } from './token-node.ts';

const instance: OsInstance = {
  name: 'n',
  uid: 'u',
  resourceVersion: '1',
  finalizers: [],
  deleting: false,
  spec: { nodestatus: 'idle' },
  status: {},
};

describe('statusSteps', () => {
  it('makes a status first where there is none', () => {
    expect(statusSteps(instance, { nodeUid: 'x', problem: null })).toEqual([
      { op: 'add', path: '/status', value: {} },
      { op: 'add', path: '/status/nodeUid', value: 'x' },
    ]);
  });

  it('replaces members, and removes only what is there', () => {
    const stored = { ...instance, status: { acknowledged: { seq: 1, phase: 'Drain' } } };

    expect(statusSteps(stored, { nodeUid: 'x', acknowledged: null, problem: null })).toEqual([
      { op: 'add', path: '/status/nodeUid', value: 'x' },
      { op: 'remove', path: '/status/acknowledged' },
    ]);
  });
});

describe('nodeUidOfToken', () => {
  const token = (payload: unknown): string =>
    `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`;

  it('reads the Node of a token that is bound to a pod', () => {
    const claims = { 'kubernetes.io': { node: { name: 'n1', uid: 'uid-1' }, pod: {} } };

    expect(nodeUidOfToken(token(claims))).toBe('uid-1');
  });

  it.each([
    ['one without a Node', token({ 'kubernetes.io': {} })],
    ['one that is none', 'opaque'],
    ['none', ''],
    ['a payload that is no object', token(7)],
  ])('knows nothing from %s', (_what, text) => {
    expect(nodeUidOfToken(text)).toBeUndefined();
  });
});
