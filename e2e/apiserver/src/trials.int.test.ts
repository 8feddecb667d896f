/** What people and machines do to a node that is armed or on trial. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import type { OperatorProgram } from './operator-program.fixture.ts';
import { lonelyPod } from './pods.fixture.ts';
import { Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const v3 = fastImage('KubeOS 3.0.0');
/** Longer than any of these tests looks at a trial. */
const long = { minReadySeconds: 120 };

let scene: Scene;
let operator: OperatorProgram;

beforeAll(async () => {
  scene = await Scene.open();
  operator = await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-26: an edit in the trial takes the node back before it goes to the new image',
  async () => {
    const [node] = await scene.addNodes('turn', 1, { image: v1 });
    await scene.createOs('turn', { ...scene.upgradeTo(v2), ...long });
    await scene.untilPhase('turn-1', 'After');
    await scene.editOs('turn', { ...scene.upgradeTo(v3), minReadySeconds: 1 });
    await scene.untilUpdated('turn');

    const boots = node?.boots.map(({ version }) => version);
    expect(boots).toEqual([v1.version, v2.version, v1.version, v3.version]);
    expect(scene.os('turn')?.status).toMatchObject({ failed: 0, updated: 1 });
  },
  600_000,
);

it.concurrent(
  'B-26: an edit after Activate was written, but before the agent heard of it, boots nothing',
  async () => {
    const [node] = await scene.addNodes('early', 1, { image: v1 });
    await scene.apply(lonelyPod('early-job', 'early-1', ['example.org/busy']));
    await until('the pod', () => scene.podsOn('early-1').length === 1);
    await scene.createOs('early', { ...scene.upgradeTo(v2), evictpodforce: true });
    await scene.untilPhase('early-1', 'Drain');
    await until('the cordon', () => scene.node('early-1')?.unschedulable);
    await node?.stopProxy();
    await scene.kubectl('patch', 'pod', 'early-job', '--type=json', `-p=${removeFinalizers}`);
    await scene.untilPhase('early-1', 'Activate');
    await scene.editOs('early', scene.upgradeTo(v3));
    await scene.untilPhase('early-1', 'Cancel');
    expect(scene.node('early-1')?.unschedulable).toBe(true);
    node?.startProxy();
    await scene.untilUpdated('early');

    expect(node?.boots.map(({ version }) => version)).toEqual([v1.version, v3.version]);
  },
  600_000,
);

it.concurrent(
  'B-28: an object that is deleted in the trial stays until its node is confirmed',
  async () => {
    const [node] = await scene.addNodes('leave', 1, { image: v1 });
    await scene.createOs('leave', { ...scene.upgradeTo(v2), minReadySeconds: 4 });
    await scene.untilPhase('leave-1', 'After');
    await scene.kubectl('delete', 'os', 'leave', '--wait=false');
    await until('the object to go', () => scene.os('leave') === undefined);

    expect(node?.running?.image).toBe(v2);
    expect(scene.instance('leave-1')?.status.agent?.slots.B.state).toBe('good');
    expect(scene.node('leave-1')).toMatchObject({ unschedulable: false, annotations: {} });
  },
  600_000,
);

it.concurrent(
  'B-29: a Node that is deleted in the trial leaves a trial that nobody confirms; it ends by its timer',
  async () => {
    const [node] = await scene.addNodes('orphan', 1, { image: v1 });
    await scene.createOs('orphan', { ...scene.upgradeTo(v2), ...long });
    await scene.untilPhase('orphan-1', 'After');
    await scene.editOs('orphan', { minReadySeconds: 1 });
    await scene.kubectl('delete', 'node', 'orphan-1');
    await until('the instance to go', () => scene.instance('orphan-1') === undefined);
    await node?.restartKubelet();
    await scene.untilOs('orphan', 'the reason', (status) =>
      status.waiting?.some(({ reason }) => reason === 'UnownedTrial'),
    );
    await until('a cordon', () => scene.node('orphan-1')?.unschedulable);
    node?.passTime(601);
    await scene.untilUpdated('orphan');

    const boots = node?.boots.map(({ version }) => version);
    expect(boots).toEqual([v1.version, v2.version, v1.version, v2.version]);
    expect(scene.node('orphan-1')).toMatchObject({ unschedulable: false, annotations: {} });
  },
  600_000,
);

it.concurrent(
  'B-18: a node that somebody uncordons in the trial is cordoned again, and a cordon put over ours stays',
  async () => {
    await scene.addNodes('tug', 1, { image: v1 });
    await scene.createOs('tug', { ...scene.upgradeTo(v2), minReadySeconds: 8 });
    await scene.untilPhase('tug-1', 'After');
    await scene.kubectl('uncordon', 'tug-1');
    await until('our cordon', () => scene.node('tug-1')?.unschedulableIsOurs);

    // So short that the lease is kept, and that nobody sees the node uncordoned.
    operator.signal('SIGSTOP');
    await scene.kubectl('uncordon', 'tug-1');
    await scene.kubectl('cordon', 'tug-1');
    operator.signal('SIGCONT');
    await scene.untilUpdated('tug');

    const left = scene.node('tug-1');
    expect(left).toMatchObject({ unschedulable: true, unschedulableIsOurs: false });
    expect(left?.annotations).toEqual({});
  },
  600_000,
);

it.concurrent(
  'a pod whose eviction the API server refuses holds up no other, and the status says what the server said',
  async () => {
    await scene.addNodes('gate', 1, { image: v1 });
    await scene.apply(...refuseEvictionOf('gate-a'));
    await scene.apply(lonelyPod('gate-a', 'gate-1'), lonelyPod('gate-b', 'gate-1'));
    await until('the pods', () => scene.podsOn('gate-1').length === 2);
    await scene.createOs('gate', { ...scene.upgradeTo(v2), evictpodforce: true });
    await scene.untilOs('gate', 'the reason', ({ message }) =>
      message?.includes('default/gate-a cannot be evicted'),
    );
    expect(scene.os('gate')?.status.message).toContain('not on a Friday');
    await until('the other pod to go', () => scene.podsOn('gate-1').join() === 'gate-a');

    await scene.kubectl('delete', 'validatingadmissionpolicybinding', 'refuse-gate-a');
    await scene.untilUpdated('gate');
  },
  600_000,
);

const removeFinalizers = JSON.stringify([{ op: 'remove', path: '/metadata/finalizers' }]);

/** An admission policy against the eviction of the pod of this name. */
function refuseEvictionOf(pod: string): readonly object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const policyName = `refuse-${pod}`;
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['pods/eviction'],
  };
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: policyName },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: `request.name != '${pod}'`, message: 'not on a Friday' }],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: policyName },
      spec: { policyName, validationActions: ['Deny'] },
    },
  ];
}
