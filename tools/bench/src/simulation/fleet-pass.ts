import {
  decideFleet,
  Fleet,
  schemaRevision,
  tally,
  type AgentStatus,
  type Digest,
  type NodeView,
  type Os,
  type OsInstance,
} from '@kubeos/core';

import { figure, median, type Result } from '../result.ts';

const nodeCount = 20_000;
const rounds = 9;
const oldDigest: Digest = `sha256:${'1'.repeat(64)}`;
const newDigest: Digest = `sha256:${'2'.repeat(64)}`;

/** What one look at a very large fleet costs: from nothing, and after one node has changed. */
export function measureFleetPass(): readonly Result[] {
  const nodes = new Map<string, NodeView>();
  const instances = new Map<string, OsInstance>();
  for (let index = 0; index < nodeCount; index += 1) {
    const node = nodeOf(`node-${String(index).padStart(5, '0')}`);
    nodes.set(node.name, node);
    instances.set(node.name, instanceOf(node));
  }
  const fleet = new Fleet({
    oses: () => [os],
    nodes: () => nodes.values(),
    node: (name) => nodes.get(name),
    instances: () => instances.values(),
    instance: (name) => instances.get(name),
  });
  const first: number[] = [];
  const later: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    fleet.invalidate();
    first.push(timeOf(() => pass(fleet)));
    fleet.touch('node-10000');
    later.push(timeOf(() => pass(fleet)));
  }
  return [
    figure('fleet of 20000 nodes: first pass', median(first), 'ms'),
    figure('fleet of 20000 nodes: pass after one change', median(later), 'ms'),
  ];
}

function pass(fleet: Fleet): void {
  const members = fleet.members(os.uid);
  const since = (): number => 0;
  decideFleet({
    os,
    members,
    tally: tally(members, since, () => undefined),
    now: { wallMs: Date.UTC(2026, 0, 5, 12), monotonicMs: 0 },
    operatorZone: 'UTC',
    cacheIsCurrent: true,
    servedSchemaRevision: schemaRevision,
    since,
  });
}

function timeOf(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

const os: Os = {
  namespace: 'default',
  name: 'os',
  uid: 'os-uid',
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
  selector: { kind: 'all' },
  finalizers: [],
  deleting: false,
  problems: [],
  warnings: [],
  status: {},
  spec: {
    version: 'KubeOS 2',
    type: 'upgrade',
    payload: {
      imageType: 'disk',
      url: 'https://images.example.org/2.img',
      digest: newDigest,
      allowInsecure: false,
      mutualTls: false,
    },
    maxUnavailable: { count: 50 },
    executionMode: 'parallel',
    timeIntervalSeconds: 15,
    force: false,
    paused: false,
    canary: { count: 0 },
    maxFailures: 1,
    drainTimeoutSeconds: 900,
    confirmTimeoutSeconds: 600,
    minReadySeconds: 30,
  },
};

function nodeOf(name: string): NodeView {
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    labels: {},
    annotations: {},
    unschedulable: false,
    unschedulableIsOurs: false,
    ready: true,
    bootId: `boot-${name}`,
    osImage: 'KubeOS 1',
    deleting: false,
  };
}

function instanceOf(node: NodeView): OsInstance {
  const agent: AgentStatus = {
    apiVersion: 'v1',
    agentVersion: '0.1.0',
    capabilities: ['disk', 'rollback'],
    revision: 1,
    bootId: node.bootId,
    bootedSlot: 'A',
    bootWhy: 'good',
    version: 'KubeOS 1',
    slots: {
      A: { state: 'good', version: 'KubeOS 1', slotDigest: oldDigest },
      B: { state: 'empty' },
    },
    seq: 0,
    held: false,
    warnings: [],
  };
  return {
    name: node.name,
    uid: `instance-${node.name}`,
    resourceVersion: '1',
    finalizers: [],
    ownerUid: node.uid,
    deleting: false,
    spec: { nodestatus: 'idle' },
    status: { nodeUid: node.uid, agent },
  };
}
