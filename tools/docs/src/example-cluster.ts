/** What the examples speak of: an object `web`, a node `worker-1` that failed, and what stands around them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '@kubeos/control-plane';
import {
  cordonAnnotation,
  nodeSelectorLabel,
  type AgentFailure,
  type Condition,
  type OsInstanceSpec,
  type OsInstanceStatus,
  type OsStatus,
} from '@kubeos/core';

/** The variables that the examples use. */
export const exampleVariables = { OS: 'web', NODE: 'worker-1' } as const;

const digest = `sha256:${'7e'.repeat(32)}` as const;
const time = '2026-01-02T03:04:05Z';

function condition(type: string, status: 'True' | 'False', reason: string): Condition {
  return { type, status, reason, message: `Message of ${type}`, lastTransitionTime: time };
}

const osStatus: OsStatus = {
  observedGeneration: 1,
  nodes: 3,
  updated: 1,
  working: 1,
  failed: 1,
  waiting: [{ reason: 'Held', count: 1, examples: ['worker-3'] }],
  message: 'Stopped after 1 failed node(s): worker-1',
  conditions: [
    condition('Ready', 'False', 'MaxFailuresReached'),
    condition('Degraded', 'True', 'NodesFailed'),
  ],
};

const failure: AgentFailure = {
  seq: 3,
  code: 'BOOT_FAILED',
  class: 'bad',
  message: 'All 3 boot attempts of slot B ended before its agent started',
  evidence: { attemptsUsed: 3, lastStage: 'kernel', bootIds: [] },
};

const instanceSpec: OsInstanceSpec = {
  nodestatus: 'upgrade',
  namespacedname: { name: 'web', namespace: 'default' },
  operation: {
    osUid: 'os-uid',
    osNamespace: 'default',
    osName: 'web',
    osGeneration: 1,
    nodeUid: 'node-uid',
    seq: 3,
    type: 'upgrade',
    phase: 'GiveBack',
    target: { version: 'KubeOS 2.0.0', payloadDigest: digest, slot: 'B', slotDigest: digest },
    parameters: {
      force: false,
      drainTimeoutSeconds: 900,
      confirmTimeoutSeconds: 600,
      minReadySeconds: 30,
    },
  },
  history: {
    seq: 3,
    entries: [
      {
        osUid: 'os-uid',
        type: 'upgrade',
        version: 'KubeOS 2.0.0',
        digest,
        activates: 1,
        attempts: 1,
        counted: true,
        last: { seq: 3, class: 'bad', reason: 'BootFailed', message: failure.message, time },
      },
    ],
  },
};

const instanceStatus: OsInstanceStatus = {
  nodeUid: 'node-uid',
  proxyVersion: '0.1.0',
  acknowledged: { seq: 3, phase: 'GiveBack' },
  agent: {
    apiVersion: 'v1',
    agentVersion: '0.1.0',
    capabilities: ['disk', 'rollback', 'settings'],
    revision: 9,
    bootId: 'boot-2',
    bootedSlot: 'A',
    bootWhy: 'good',
    version: 'KubeOS 1.0.0',
    slots: {
      A: { state: 'good', version: 'KubeOS 1.0.0', slotDigest: digest },
      B: { state: 'failed', version: 'KubeOS 2.0.0', slotDigest: digest },
    },
    seq: 3,
    held: false,
    lastFailure: failure,
    warnings: [{ reason: 'PersistFull', message: 'PERSIST cannot be written' }],
    settings: {
      after: 'web-2',
      refused: {
        total: 1,
        first: [
          {
            model: 'kernel.sysctl',
            key: 'vm.no_such_parameter',
            message: 'The kernel has no such parameter',
          },
        ],
      },
      drift: { total: 0, first: [] },
      pendingRestarts: [],
      rebootPending: false,
    },
  },
  problem: { seq: 3, phase: 'GiveBack', code: 'AGENT_UNREACHABLE', message: 'No answer' },
  conditions: [
    condition('Prepared', 'False', 'SlotFailed'),
    condition('Drained', 'False', 'EvictionBlocked'),
    condition('UpToDate', 'False', 'OtherVersion'),
  ],
};

const nodeStatus = { nodeInfo: { osImage: 'KubeOS 1.0.0', bootID: 'boot-2' } };

const metadata = (name: string) => ({ name, namespace: 'default' });

const objects: readonly object[] = [
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'worker-1',
      labels: { [nodeSelectorLabel]: 'web' },
      annotations: { [cordonAnnotation]: 'os-uid/os-uid/node-uid/3' },
    },
    spec: { unschedulable: true },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubeos-system' } },
  {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'os-operator', namespace: 'kubeos-system' },
    spec: {
      holderIdentity: 'os-operator-1_uid',
      leaseDurationSeconds: 15,
      leaseTransitions: 1,
      renewTime: '2026-01-02T03:04:05.000000Z',
    },
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('default') },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('shop-1'),
    spec: { nodeName: 'worker-1', containers: [{ name: 'shop', image: 'example.org/shop' }] },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('shop'),
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'shop' } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: metadata('web.1'),
    involvedObject: { kind: 'OS', name: 'web', namespace: 'default' },
    reason: 'NodesFailed',
    message: 'Degraded is True',
    type: 'Warning',
  },
];

const kubeosObject = (kind: 'OS' | 'OSInstance', name: string, rest: object) => ({
  apiVersion: 'upgrade.openeuler.org/v1alpha1',
  kind,
  metadata: metadata(name),
  ...rest,
});

/** Puts everything into the cluster; the CRDs and the object `web` are there. */
export async function fillCluster(plane: ControlPlane): Promise<void> {
  const instance = kubeosObject('OSInstance', 'worker-1', { spec: instanceSpec });
  for (const object of [...objects, instance]) {
    await plane.run(['apply', '-f', '-'], JSON.stringify(object));
  }
  for (const [kind, name, status] of [
    ['os', 'web', osStatus],
    ['osi', 'worker-1', instanceStatus],
    ['node', 'worker-1', nodeStatus],
  ] as const) {
    const patch = join(plane.folder, `${kind}-status.json`);
    await writeFile(patch, JSON.stringify({ status }));
    const what = ['patch', kind, name, '-n', 'default', '--subresource=status'];
    await plane.run([...what, '--type=merge', '--patch-file', patch]);
  }
}
