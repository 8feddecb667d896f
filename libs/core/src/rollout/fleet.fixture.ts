/** Small objects for the tests of rollout, lifecycle and operator; each takes only what the test is about. */
import type { AgentStatus, SlotStatus } from '../api/agent-status.ts';
import type { Digest, Operation, Payload } from '../api/operation.ts';
import type { OsInstance, SettingsSet } from '../api/os-instance.ts';
import type { Os, OsSpec } from '../api/os.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import type { NodeFacts } from './standing.ts';

/** A digest. */
export const digestOne: Digest = `sha256:${'1'.repeat(64)}`;
/** Another digest. */
export const digestTwo: Digest = `sha256:${'2'.repeat(64)}`;

/** A payload over https. */
export const aPayload: Payload = {
  imageType: 'disk',
  url: 'https://images.example.org/2.img',
  digest: digestTwo,
  allowInsecure: false,
  mutualTls: false,
};

/** An upgrade of one node at a time to KubeOS 2. */
export function aSpec(changes: Partial<OsSpec> = {}): OsSpec {
  return {
    version: 'KubeOS 2',
    type: 'upgrade',
    payload: aPayload,
    maxUnavailable: { count: 1 },
    executionMode: 'parallel',
    timeIntervalSeconds: 15,
    force: true,
    paused: false,
    canary: { count: 0 },
    maxFailures: 1,
    drainTimeoutSeconds: 900,
    confirmTimeoutSeconds: 600,
    minReadySeconds: 30,
    ...changes,
  };
}

/** A rollback to KubeOS 0. */
export function aRollbackSpec(changes: Partial<OsSpec> = {}): OsSpec {
  const { payload: _payload, ...rest } = aSpec({
    type: 'rollback',
    version: 'KubeOS 0',
    ...changes,
  });
  return rest;
}

/** A set of settings. */
export function aSet(version: string, changes: Partial<SettingsSet> = {}): SettingsSet {
  const contents = [{ key: 'vm.swappiness', value: '10' }];
  return { version, configs: [{ model: 'kernel.sysctl', contents }], ...changes };
}

/** A configuration of nodes that run KubeOS 1. */
export function aConfigSpec(changes: Partial<OsSpec> = {}): OsSpec {
  const { payload: _payload, ...rest } = aSpec({
    type: 'config',
    version: 'KubeOS 1',
    sysconfigs: aSet('s2'),
    ...changes,
  });
  return rest;
}

/** An object that selects every worker. */
export function anOs(changes: Partial<Os> = {}): Os {
  return {
    namespace: 'default',
    name: 'os',
    uid: 'os-uid',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
    selector: { kind: 'all' },
    finalizers: [],
    deleting: false,
    spec: aSpec(),
    problems: [],
    warnings: [],
    status: {},
    ...changes,
  };
}

/** A Ready worker that runs KubeOS 1. */
export function aNode(name: string, changes: Partial<NodeView> = {}): NodeView {
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
    ...changes,
  };
}

/** The report of an agent in slot A, with slot B empty. */
export function anAgent(node: NodeView, changes: Partial<AgentStatus> = {}): AgentStatus {
  return {
    apiVersion: 'v1',
    agentVersion: '0.1.0',
    capabilities: ['disk', 'rollback'],
    revision: 1,
    bootId: node.bootId,
    bootedSlot: 'A',
    bootWhy: 'good',
    version: 'KubeOS 1',
    slots: { A: aSlot('good', 'KubeOS 1'), B: { state: 'empty' } },
    seq: 0,
    held: false,
    warnings: [],
    ...changes,
  };
}

/** A slot with a digest. */
export function aSlot(
  state: SlotStatus['state'],
  version: string,
  changes: Partial<SlotStatus> = {},
): SlotStatus {
  return { state, version, slotDigest: digestOne, ...changes };
}

/** The instance of a node, idle. */
export function anInstance(
  node: NodeView,
  changes: {
    readonly spec?: Partial<OsInstance['spec']>;
    readonly status?: Partial<OsInstance['status']>;
    readonly agent?: Partial<AgentStatus>;
    readonly finalizers?: readonly string[];
  } = {},
): OsInstance {
  return {
    name: node.name,
    uid: `osi-${node.name}`,
    resourceVersion: '1',
    finalizers: changes.finalizers ?? [],
    ownerUid: node.uid,
    deleting: false,
    spec: { nodestatus: 'idle', ...changes.spec },
    status: { nodeUid: node.uid, agent: anAgent(node, changes.agent), ...changes.status },
  };
}

/** An upgrade in Prepare. */
export function anOperation(node: NodeView, changes: Partial<Operation> = {}): Operation {
  return {
    osUid: 'os-uid',
    osNamespace: 'default',
    osName: 'os',
    osGeneration: 1,
    nodeUid: node.uid,
    seq: 1,
    type: 'upgrade',
    phase: 'Prepare',
    target: { version: 'KubeOS 2', payloadDigest: digestTwo },
    payload: aPayload,
    parameters: {
      force: true,
      drainTimeoutSeconds: 900,
      confirmTimeoutSeconds: 600,
      minReadySeconds: 30,
    },
    ...changes,
  };
}

/** A configuration in Prepare; what its settings do to the node is known with `disruption`. */
export function aConfig(node: NodeView, changes: Partial<Operation> = {}): Operation {
  const { payload: _payload, ...operation } = anOperation(node, {
    type: 'config',
    target: { version: 'KubeOS 1', settings: 's2' },
    ...changes,
  });
  return operation;
}

/** A node with its instance. */
export function facts(
  name: string,
  node: Partial<NodeView> = {},
  instance: Parameters<typeof anInstance>[1] = {},
): NodeFacts & { readonly instance: OsInstance } {
  const view = aNode(name, node);
  return { node: view, instance: anInstance(view, instance) };
}

/** A node whose instance holds an operation that this version cannot read. */
export function unreadableFacts(name: string): NodeFacts {
  const { node, instance } = facts(name);
  const unreadable = [{ path: 'spec.operation.phase', message: 'is not valid' }];
  return { node, instance: { ...instance, unreadable } };
}

/** A source of a fleet from plain lists. */
export function aSource(
  oses: readonly Os[],
  nodes: readonly NodeFacts[],
): {
  oses: () => readonly Os[];
  nodes: () => readonly NodeView[];
  node: (name: string) => NodeView | undefined;
  instances: () => readonly OsInstance[];
  instance: (name: string) => OsInstance | undefined;
} {
  const known = (): readonly OsInstance[] =>
    nodes.flatMap(({ instance }) => (instance === undefined ? [] : [instance]));
  return {
    oses: () => oses,
    nodes: () => nodes.map(({ node }) => node),
    node: (name) => nodes.find(({ node }) => node.name === name)?.node,
    instances: known,
    instance: (name) => known().find((instance) => instance.name === name),
  };
}
