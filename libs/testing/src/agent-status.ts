/** Sample statuses of a node's agent. */
import type { AgentStatus, Digest } from '@kubeos/core';

/** A well-formed digest that is one character all over. */
export function sampleDigest(digit: string): Digest {
  return `sha256:${digit.repeat(64)}`;
}

/** A status without any optional member. */
export const leanAgentStatus: AgentStatus = {
  apiVersion: 'v1',
  agentVersion: '0.1.0',
  capabilities: [],
  revision: 0,
  bootId: '6fb1c1f5-0d6c-4b0d-a5ab-6e3a9a1c0b11',
  bootWhy: 'unknown',
  version: 'KubeOS 1',
  slots: { A: { state: 'empty' }, B: { state: 'empty' } },
  seq: 0,
  held: false,
  warnings: [],
};

/** A status with every optional member. */
export const fullAgentStatus: AgentStatus = {
  ...leanAgentStatus,
  capabilities: ['disk', 'docker', 'containerd', 'oci', 'rollback', 'settings'],
  revision: 41,
  bootedSlot: 'A',
  bootWhy: 'good',
  slots: {
    A: {
      state: 'good',
      version: 'KubeOS 1',
      payloadDigest: sampleDigest('1'),
      slotDigest: sampleDigest('2'),
      sizeBytes: 2 ** 31,
    },
    B: { state: 'ready', version: 'KubeOS 2', slotDigest: sampleDigest('3'), sizeBytes: 2 ** 31 },
  },
  seq: 7,
  held: true,
  operation: {
    id: 'os-uid/node-uid/7',
    seq: 7,
    type: 'upgrade',
    phase: 'Activate',
    state: 'Failed',
    result: 'Returned',
    progress: { step: 'Verifying', bytesDone: 5, bytesTotal: 2 ** 33 },
    slot: 'B',
    slotDigest: sampleDigest('3'),
    version: 'KubeOS 2',
    disruption: 'reboot',
    failure: { seq: 7, code: 'SLOT_CHANGED', class: 'transient', message: 'Slot B has changed' },
  },
  lastFailure: {
    seq: 6,
    code: 'NO_AGENT',
    class: 'bad',
    message: 'Slot B holds no agent',
    evidence: {
      attemptsUsed: 3,
      lastStage: 'kernel',
      bootIds: ['0d6c', '4b0d'],
      journalTail: 'kernel panic\n',
    },
  },
  settings: {
    before: 'before-1',
    after: 'after-3',
    refused: {
      total: 14,
      first: [{ model: 'kernel.sysctl', key: 'net.none', message: 'There is no such parameter' }],
    },
    drift: { total: 0, first: [] },
    pendingRestarts: ['kubelet.service'],
    rebootPending: true,
  },
  warnings: [{ reason: 'PersistFull', message: 'PERSIST is full' }],
};
