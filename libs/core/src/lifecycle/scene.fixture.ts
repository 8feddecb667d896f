/** One pass over one node with an open operation, as the tests of the lifecycle describe it. */
import { cordonAnnotation } from '../api/names.ts';
import type { AgentOperation, AgentStatus } from '../api/agent-status.ts';
import type { Operation } from '../api/operation.ts';
import type { OsInstanceStatus } from '../api/os-instance.ts';
import type { NodeView, PodView } from '../ports/cluster-views.ts';
import {
  aConfig,
  aConfigSpec,
  aNode,
  anInstance,
  anOperation,
  anOs,
  aSet,
  aSlot,
  digestOne,
  digestTwo,
} from '../rollout/fleet.fixture.ts';
import type { SettingsSets } from '../rollout/wanted-settings.ts';
import { cordonText } from './cordon.ts';
import { decideOperation } from './decide-operation.ts';
import type { NodeAction, OperationDecision, OperationView } from './view.ts';

/** What the operation wants. */
const target = {
  version: 'KubeOS 2',
  payloadDigest: digestTwo,
  slot: 'B' as const,
  slotDigest: digestOne,
};

/** What a test says about the pass. */
export interface Scene {
  readonly operation?: Partial<Operation>;
  readonly node?: Partial<NodeView>;
  readonly agent?: Partial<AgentStatus>;
  readonly report?: Partial<AgentOperation>;
  readonly status?: Partial<OsInstanceStatus>;
  /** Sets of settings in the spec of the instance. */
  readonly sets?: SettingsSets;
  readonly view?: Partial<OperationView>;
  readonly waited?: number;
}

/** A pass over node `n`; the proxy has acknowledged unless the scene says otherwise. */
export function pass(scene: Scene): OperationDecision {
  const isConfig = scene.operation?.type === 'config';
  const make = isConfig ? aConfig : anOperation;
  const operation = make(aNode('n'), { ...(isConfig ? {} : { target }), ...scene.operation });
  const node = aNode('n', scene.node);
  const report: AgentOperation | undefined =
    scene.report === undefined
      ? undefined
      : {
          id: 'x',
          seq: 1,
          type: operation.type,
          phase: operation.phase,
          state: 'Done',
          ...scene.report,
        };
  const instance = anInstance(node, {
    spec: { operation, ...(isConfig ? { sysconfigs: aSet('s2') } : scene.sets) },
    agent: { seq: 1, ...(report === undefined ? {} : { operation: report }), ...scene.agent },
    status: { acknowledged: { seq: 1, phase: operation.phase } },
  });
  return decideOperation({
    operation,
    instance: { ...instance, status: { ...instance.status, ...scene.status } },
    node,
    os: isConfig ? anOs({ spec: aConfigSpec() }) : anOs(),
    selected: true,
    leaseRenewals: 2,
    evicting: false,
    witnessed: true,
    wallTime: '2026-06-01T12:00:00Z',
    isSpared: () => false,
    since: () => scene.waited ?? 0,
    ...scene.view,
  });
}

/** The ownership text of the operation. */
export const ours = cordonText(anOperation(aNode('n')));
/** A node under our cordon. */
export const cordoned = {
  unschedulable: true,
  unschedulableIsOurs: true,
  annotations: { [cordonAnnotation]: ours },
};
/** The first action. */
export const only = (decision: OperationDecision): NodeAction | undefined => decision.actions[0];
/** Phase and ending that the pass writes, or the reason it waits for. */
export function said(decision: OperationDecision): string {
  const action = only(decision);
  if (action === undefined) return `wait ${decision.need ?? decision.waiting?.reason ?? '?'}`;
  switch (action.type) {
    case 'writeOperation': {
      const ending = action.operation.ending;
      const text = ending === undefined ? '' : ` ${ending.class ?? ending.result} ${ending.reason}`;
      return `-> ${action.operation.phase}${text}`;
    }
    case 'closeOperation':
      return `close ${action.ending.result} ${action.ending.reason}`;
    case 'changeNode':
      return action.why;
    case 'evict':
      return `evict ${action.pods.map(({ name }) => name).join(' ')}`;
    case 'recordHistory':
      return 'record';
  }
}

/** A pod of a ReplicaSet. */
export const pod = (name: string, changes: Partial<PodView> = {}): PodView => ({
  namespace: 'default',
  name,
  uid: `pod-${name}`,
  labels: {},
  phase: 'Running',
  ready: true,
  deleting: false,
  mirror: false,
  controller: { kind: 'ReplicaSet', name: 'web', uid: 'rs' },
  hasOwner: true,
  hasEmptyDir: false,
  ...changes,
});

/** An operation whose slot is not known yet. */
export const prepare = { target: { version: 'KubeOS 2', payloadDigest: digestTwo } };
/** An admitted operation. */
export const drain: Partial<Operation> = { phase: 'Drain', admitted: true };
/** An operation past the write of Activate. */
export const activate: Partial<Operation> = {
  phase: 'Activate',
  admitted: true,
  bootIdBefore: 'boot-n',
};
/** An operation whose trial was seen. */
export const after: Partial<Operation> = {
  phase: 'After',
  admitted: true,
  bootIdBefore: 'boot-before',
};
/** An operation that asks for the commit. */
export const confirm: Partial<Operation> = { ...after, phase: 'Confirm', confirmBootId: 'boot-n' };
/** The report of a trial. */
export const trial: Partial<AgentStatus> = {
  bootedSlot: 'B',
  bootWhy: 'trial',
  version: 'KubeOS 2',
  slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot('trial', 'KubeOS 2') },
};
/** A node in the trial. */
export const inTrial = { node: { ...cordoned, osImage: 'KubeOS 2' }, agent: trial };
/** A proxy that acknowledged nothing. */
export const silent: Partial<OsInstanceStatus> = { acknowledged: { seq: 0, phase: '' } };
