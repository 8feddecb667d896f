import { describe, expect, it } from '@jest/globals';
import { parseOsInstance } from '@kubeos/core';

import { rowOf, type NodePicture } from './rows.ts';

const unknown: NodePicture = {
  name: 'node-1',
  machine: { kind: 'off' },
  node: undefined,
  instance: undefined,
  pods: 0,
};

const agent = {
  apiVersion: 'v1',
  agentVersion: '0.1.0',
  capabilities: ['disk'],
  revision: 1,
  bootId: 'b',
  bootedSlot: 'A',
  bootWhy: 'good',
  version: 'KubeOS 1',
  slots: { A: { state: 'good', version: 'KubeOS 1' }, B: { state: 'empty' } },
  seq: 1,
  held: false,
  warnings: [],
};

function instanceWith(spec: object, report: object): NodePicture['instance'] {
  const instance = parseOsInstance({
    apiVersion: 'upgrade.openeuler.org/v1alpha1',
    kind: 'OSInstance',
    metadata: { name: 'node-1', namespace: 'default', uid: 'u', resourceVersion: '1' },
    spec: { nodestatus: 'idle', ...spec },
    status: { agent: { ...agent, ...report } },
  });
  expect(instance.unreadable).toBeUndefined();
  return instance;
}

describe('a row', () => {
  it('says little of a node of which little is known', () => {
    expect(rowOf(unknown)).toEqual({
      node: 'node-1',
      runs: 'off',
      slotA: '-',
      slotB: '-',
      cluster: '-',
      pods: '0',
      now: '',
    });
  });

  it('shows the slots with what they hold', () => {
    const row = rowOf({ ...unknown, instance: instanceWith({}, {}) });
    expect(row).toMatchObject({ slotA: 'KubeOS 1 good', slotB: 'empty' });
  });

  it('shows the last failure of a node that does nothing', () => {
    const lastFailure = {
      seq: 1,
      code: 'BOOT_FAILED',
      class: 'bad',
      message: 'No attempt left\nkernel: panic',
    };
    const row = rowOf({ ...unknown, instance: instanceWith({}, { lastFailure }) });
    expect(row.now).toBe('BOOT_FAILED: No attempt left');
  });

  it('shows the machine while it boots', () => {
    expect(rowOf({ ...unknown, machine: { kind: 'booting' } })).toMatchObject({
      runs: 'booting',
      now: 'booting',
    });
  });
});
