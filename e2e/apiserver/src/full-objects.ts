/** Objects in which every member has a value, to see that the API server drops none. */
import type { OsInstanceSpec, OsInstanceStatus, OsStatus } from '@kubeos/core';

/** Some digest. */
export const digest = 'sha256:7ea1d2d1a0a4b1a5d2a3b5c8f9e00112233445566778899aabbccddeeff00112';

/** A time as the API server writes it. */
export const time = '2026-01-02T03:04:05Z';
const settings = {
  version: 's1',
  configs: [
    { model: 'm', configpath: '/x', contents: [{ key: 'k', value: 1, operation: 'delete' }] },
  ],
};
const failure = {
  seq: 6,
  code: 'DIGEST_MISMATCH',
  class: 'bad',
  message: 'Expected one digest, found another',
  evidence: { attemptsUsed: 3, lastStage: 'kernel', bootIds: ['b1', 'b2'], journalTail: 'end' },
} as const;

/** An `OSInstance.spec` with every member. */
export const instanceSpec: OsInstanceSpec = {
  nodestatus: 'upgrade',
  namespacedname: { name: 'os', namespace: 'default' },
  sysconfigs: settings,
  upgradeconfigs: settings,
  operation: {
    osUid: 'os-uid',
    osNamespace: 'default',
    osName: 'os',
    osGeneration: 3,
    nodeUid: 'node-uid',
    seq: 7,
    type: 'upgrade',
    phase: 'Confirm',
    target: { version: 'KubeOS 2.0.0', payloadDigest: digest, slot: 'B', slotDigest: digest },
    payload: {
      imageType: 'disk',
      url: 'https://x/y',
      image: 'x',
      digest,
      allowInsecure: false,
      mutualTls: true,
      caCert: 'ca.crt',
      clientCert: 'c.crt',
      clientKey: 'c.key',
    },
    parameters: {
      force: true,
      drainTimeoutSeconds: 900,
      confirmTimeoutSeconds: 600,
      minReadySeconds: 30,
    },
    admitted: true,
    bootIdBefore: 'b0',
    confirmBootId: 'b1',
    ending: { result: 'Failed', class: 'bad', reason: 'DigestMismatch', message: 'text' },
    excusedDaemonSetPods: ['kube-system/a'],
  },
  history: {
    seq: 7,
    entries: [
      {
        osUid: 'os-uid',
        type: 'upgrade',
        version: 'KubeOS 2.0.0',
        digest,
        activates: 1,
        attempts: 2,
        counted: true,
        last: { seq: 6, class: 'lost', reason: 'NodeLost', message: 'text', time },
        consumedRetry: `${digest}#2`,
      },
    ],
  },
};

/** An `OSInstance.status` with every member. */
export const instanceStatus: OsInstanceStatus = {
  nodeUid: 'node-uid',
  proxyVersion: '0.1.0',
  acknowledged: { seq: 7, phase: 'Confirm' },
  agent: {
    apiVersion: 'v1',
    agentVersion: '0.1.0',
    capabilities: ['disk', 'rollback'],
    revision: 12,
    bootId: 'b1',
    bootedSlot: 'B',
    bootWhy: 'trial',
    version: 'KubeOS 2.0.0',
    slots: {
      A: { state: 'good', version: 'KubeOS 1.0.0', payloadDigest: digest, slotDigest: digest },
      B: { state: 'trial', sizeBytes: 3_221_225_472 },
    },
    seq: 7,
    held: false,
    operation: {
      id: 'os-uid/node-uid/7',
      seq: 7,
      type: 'upgrade',
      phase: 'Prepare',
      state: 'Failed',
      result: 'Failed',
      progress: { step: 'Writing', bytesDone: 5_000_000_000, bytesTotal: 6_000_000_000 },
      slot: 'B',
      slotDigest: digest,
      version: 'KubeOS 2.0.0',
      failure,
    },
    lastFailure: failure,
    warnings: [{ reason: 'FellBack', message: 'text' }],
  },
  problem: { seq: 7, phase: 'Confirm', code: 'AGENT_UNREACHABLE', message: 'text' },
  sysconfigs: settings,
  upgradeconfigs: settings,
  conditions: [
    {
      type: 'UpToDate',
      status: 'False',
      reason: 'Waiting',
      message: '',
      observedGeneration: 1,
      lastTransitionTime: time,
    },
  ],
};

/** An `OS.status` with every member. */
export const osStatus: OsStatus = {
  observedGeneration: 3,
  schemaRevision: 1,
  nodes: 5000,
  updated: 4000,
  preparing: 2,
  working: 1,
  failed: 0,
  waiting: [{ reason: 'BudgetSpent', count: 997, examples: ['node-1', 'node-2'] }],
  message: 'Waiting for node-7',
  admission: {
    epoch: 4,
    lastTime: time,
    pending: [{ node: 'node-7', nodeUid: 'uid-7', seq: 3 }],
  },
  conditions: instanceStatus.conditions ?? [],
};
