import { describe, expect, it } from '@jest/globals';
import type { Operation } from './operation.ts';
import { parseOsInstance } from './parse-os-instance.ts';

const metadata = {
  namespace: 'default',
  name: 'node-1',
  uid: 'uid-1',
  resourceVersion: '5',
};
const operation: Operation = {
  osUid: 'os-uid',
  osNamespace: 'default',
  osName: 'os',
  osGeneration: 1,
  nodeUid: 'node-uid',
  seq: 1,
  type: 'rollback',
  phase: 'Drain',
  target: { version: 'KubeOS 1.0.0' },
  parameters: {
    force: false,
    drainTimeoutSeconds: 900,
    confirmTimeoutSeconds: 600,
    minReadySeconds: 30,
  },
};
const agent = {
  apiVersion: 'v1',
  agentVersion: '0.1.0',
  capabilities: ['disk'],
  revision: 1,
  bootId: 'b1',
  bootWhy: 'good',
  version: 'KubeOS 1.0.0',
  slots: { A: { state: 'good' }, B: { state: 'empty' } },
  seq: 0,
  held: false,
  warnings: [],
};

describe('parseOsInstance', () => {
  it('reads metadata and the Node that owns it', () => {
    const object = {
      metadata: {
        ...metadata,
        finalizers: ['a/b'],
        deletionTimestamp: '2026-01-02T00:00:00Z',
        ownerReferences: [
          { kind: 'Other', uid: 'x' },
          { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'node-uid' },
        ],
      },
      spec: { nodestatus: 'upgrade', operation },
    };

    expect(parseOsInstance(object)).toEqual({
      name: 'node-1',
      uid: 'uid-1',
      resourceVersion: '5',
      finalizers: ['a/b'],
      ownerUid: 'node-uid',
      deleting: true,
      spec: { nodestatus: 'upgrade', operation },
      status: {},
    });
  });

  it('takes an object without spec and status for idle', () => {
    expect(parseOsInstance({ metadata })).toEqual({
      name: 'node-1',
      uid: 'uid-1',
      resourceVersion: '5',
      finalizers: [],
      deleting: false,
      spec: { nodestatus: 'idle' },
      status: {},
    });
  });

  it('names an operation that it cannot read instead of taking it for none', () => {
    const read = parseOsInstance({
      metadata,
      spec: { nodestatus: 'upgrade', operation: { ...operation, phase: 'Polish' } },
    });

    expect(read.spec).toEqual({ nodestatus: 'upgrade' });
    expect(read.unreadable).toEqual([
      {
        path: 'spec.operation.phase',
        message:
          'must be one of "Prepare", "Drain", "Before", "Activate", "After", "Confirm", "GiveBack", "Cancel"',
      },
    ]);
  });

  it.each<[name: string, parts: object, path: string]>([
    ['a word of another tool', { spec: { nodestatus: 'busy' } }, 'spec.nodestatus'],
    ['a history', { spec: { history: { seq: 1 } } }, 'spec.history.entries'],
    [
      'a report',
      { status: { agent: { ...agent, slots: { A: agent.slots.A } } } },
      'status.agent.slots.B',
    ],
    [
      'a status that is none',
      { spec: { nodestatus: 'idle' }, status: { nodeUid: 5 } },
      'status.nodeUid',
    ],
  ])('names %s that it cannot read and keeps the rest', (_name, parts, path) => {
    const read = parseOsInstance({ metadata, ...parts });

    expect(read.spec).toEqual({ nodestatus: 'idle' });
    expect(read.status).toEqual({});
    expect(read.unreadable?.map((problem) => problem.path)).toEqual([path]);
  });

  it('takes words of a newer agent without refusing its report', () => {
    const failure = { seq: 1, code: 'SUN_SPOTS', class: 'transient', message: 'text' };
    const read = parseOsInstance({
      metadata,
      status: {
        agent: {
          ...agent,
          capabilities: ['telepathy', 'rollback', 'disk'],
          bootWhy: 'whim',
          lastFailure: failure,
          newMember: true,
          warnings: [
            { reason: 'FellBack', message: 'text' },
            { reason: 'TooWarm', message: 'text' },
          ],
        },
      },
    });

    expect(read.unreadable).toBe(undefined);
    expect(read.status.agent).toEqual({
      ...agent,
      capabilities: ['disk', 'rollback'],
      bootWhy: 'unknown',
      lastFailure: { ...failure, code: 'BUG' },
      warnings: [{ reason: 'FellBack', message: 'text' }],
    });
  });
});
