import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cordonAnnotation, holdAnnotation } from '../api/names.ts';
import {
  phases,
  type Operation,
  type OperationType,
  type OutcomeClass,
  type Phase,
} from '../api/operation.ts';
import type { PhaseResult, SlotState } from '../api/agent-status.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { aNode, anInstance, anOperation, anOs, aSlot, aSpec } from '../rollout/fleet.fixture.ts';
import { cordonText } from './cordon.ts';
import { decideOperation } from './decide-operation.ts';
import { phaseTable } from './phase-table.ts';
import { pod } from './scene.fixture.ts';
import type { NodeAction, OperationView } from './view.ts';

const states: readonly SlotState[] = ['empty', 'ready', 'trial', 'good', 'failed'];
const results: readonly PhaseResult[] = [
  'Prepared',
  'Armed',
  'Booted',
  'Committed',
  'Returned',
  'Cancelled',
  'Failed',
];
const codes = ['DIGEST_MISMATCH', 'AGENT_UNREACHABLE', 'SLOT_REFUSED', 'nonsense'] as const;
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
/** Most scenes have to get past the first checks of a decision, or the later ones are never made. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const mostly = fc.oneof(
  { weight: 5, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);

const scene = fc.record({
  phase: fc.constantFrom<Phase>(...phases, 'Cancel'),
  activated: fc.boolean(),
  prepared: mostly,
  nodeThere: mostly,
  sameUid: mostly,
  bootId: fc.constantFrom('boot-n', 'boot-2'),
  reportIsFresh: mostly,
  confirmBoot: maybe(fc.constantFrom('boot-n', 'boot-2')),
  ready: mostly,
  unschedulable: mostly,
  annotated: mostly,
  held: fc.boolean(),
  booted: fc.constantFrom<'A' | 'B'>('A', 'B'),
  a: fc.constantFrom(...states),
  b: fc.constantFrom(...states),
  version: fc.constantFrom('KubeOS 1', 'KubeOS 2'),
  agentSeq: fc.integer({ min: 0, max: 2 }),
  result: seldom(fc.constantFrom(...results)),
  outcome: maybe(fc.constantFrom<OutcomeClass>('bad', 'unconfirmed', 'transient')),
  problem: seldom(fc.constantFrom(...codes)),
  acknowledged: mostly,
  os: fc.constantFrom<'same' | 'edited' | 'gone' | 'deleting'>(
    'same',
    'edited',
    'gone',
    'deleting',
  ),
  selected: fc.boolean(),
  pods: maybe(fc.constantFrom([], [pod('web')], [pod('gone', { deleting: true })])),
  waited: fc.constantFrom(0, 5, 30, 121, 901, 3000),
  renewals: fc.nat(3),
  type: fc.constantFrom<OperationType>('upgrade', 'rollback', 'config'),
  ours: mostly,
  evicting: fc.boolean(),
  witnessed: fc.boolean(),
  spared: fc.boolean(),
});

type Drawn = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function nodeOf(s: Drawn): NodeView {
  const annotations: Record<string, string> = {
    ...(s.annotated ? { [cordonAnnotation]: cordonText(anOperation(aNode('n'))) } : {}),
    ...(s.held ? { [holdAnnotation]: '' } : {}),
  };
  return aNode('n', {
    uid: s.sameUid ? 'uid-n' : 'other',
    bootId: s.bootId,
    ready: s.ready,
    unschedulable: s.unschedulable,
    unschedulableIsOurs: s.unschedulable && s.ours,
    annotations,
    osImage: s.version,
  });
}

function operationOf(s: Drawn): Operation {
  const { payload, ...operation } = anOperation(aNode('n'));
  return {
    ...operation,
    type: s.type,
    ...(s.type === 'upgrade' && payload !== undefined ? { payload } : {}),
    phase: s.phase,
    ...(s.activated ? { bootIdBefore: 'boot-n', admitted: true } : {}),
    ...(s.confirmBoot === undefined ? {} : { confirmBootId: s.confirmBoot }),
    ...(s.prepared ? { target: { version: 'KubeOS 2', slot: 'B' } } : {}),
  };
}

function instanceOf(s: Drawn, node: NodeView, operation: Operation): OsInstance {
  const of = { id: 'x', seq: s.agentSeq, type: s.type, phase: s.phase };
  const failure =
    s.outcome === undefined
      ? {}
      : { failure: { seq: 1, code: 'BUG' as const, class: s.outcome, message: '' } };
  const done = { ...of, state: 'Done' as const, slot: 'B' as const, ...failure };
  const report = s.result === undefined ? {} : { operation: { ...done, result: s.result } };
  const slots = { A: aSlot(s.a, 'KubeOS 1'), B: aSlot(s.b, 'KubeOS 2') };
  const problem =
    s.problem === undefined
      ? {}
      : { problem: { seq: 1, phase: s.phase, code: s.problem, message: '' } };
  return anInstance(node, {
    spec: { operation },
    agent: {
      bootId: s.reportIsFresh ? s.bootId : 'boot-0',
      bootedSlot: s.booted,
      slots,
      version: s.version,
      seq: s.agentSeq,
      ...report,
    },
    status: { acknowledged: { seq: s.acknowledged ? 1 : 0, phase: s.phase }, ...problem },
  });
}

function osOf(s: Drawn): Os | undefined {
  const { payload: _payload, ...rest } = aSpec({ type: s.type });
  const spec = s.type === 'upgrade' ? aSpec() : rest;
  switch (s.os) {
    case 'gone':
      return undefined;
    case 'deleting':
      return anOs({ spec, deleting: true });
    case 'edited':
      return anOs({ spec: { ...spec, version: 'KubeOS 3' } });
    case 'same':
      return anOs({ spec });
  }
}

function viewOf(s: Drawn): OperationView {
  const node = nodeOf(s);
  const operation = operationOf(s);
  return {
    operation,
    instance: instanceOf(s, node, operation),
    node: s.nodeThere ? node : undefined,
    os: osOf(s),
    selected: s.selected,
    ...(s.pods === undefined ? {} : { pods: s.pods }),
    leaseRenewals: s.renewals,
    evicting: s.evicting,
    witnessed: s.witnessed,
    wallTime: '2026-06-01T12:00:00Z',
    isSpared: () => s.spared,
    since: () => s.waited,
  };
}

/** An action that ends what the operation does to its node. */
function frees(action: NodeAction): boolean {
  if (action.type === 'closeOperation') return true;
  return action.type === 'changeNode' && action.change.unschedulable !== true;
}

/** An activated operation of a Node that is there, on an object that stays, whose node this pass frees. */
function isActivatedAndFreed(view: OperationView): boolean {
  const { node, operation, os } = view;
  if (operation.bootIdBefore === undefined || node?.uid !== operation.nodeUid) return false;
  return os?.deleting !== true && decideOperation(view).actions.some(frees);
}

const check = (property: (view: OperationView) => void): void => {
  fc.assert(
    fc.property(scene, (s) => {
      property(viewOf(s));
    }),
    { numRuns: 3000 },
  );
};

describe('decideOperation', () => {
  it('never leaves the table of phases', () => {
    check((view) => {
      for (const action of decideOperation(view).actions) {
        if (
          action.type === 'recordHistory' ||
          action.type === 'changeNode' ||
          action.type === 'evict'
        )
          continue;
        const to = action.type === 'closeOperation' ? 'Closed' : action.operation.phase;
        expect(Object.keys(phaseTable[view.operation.phase].next)).toContain(to);
      }
    });
  });

  it('does something, asks for more, or says what it waits for', () => {
    check((view) => {
      const { actions, need, waiting } = decideOperation(view);
      expect(actions.length > 0 || need !== undefined || (waiting?.reason ?? '') !== '').toBe(true);
    });
  });

  it('evicts and activates only under its own cordon', () => {
    check((view) => {
      for (const action of decideOperation(view).actions) {
        const activates =
          action.type === 'writeOperation' &&
          action.operation.phase === 'Activate' &&
          view.operation.phase === 'Drain';
        if (action.type !== 'evict' && !activates) continue;
        expect(view.node).toMatchObject({ unschedulable: true, unschedulableIsOurs: true });
        expect(view.node?.annotations[cordonAnnotation]).toBe(cordonText(view.operation));
      }
    });
  });

  it('never evicts its own pods, or from a held or unselected node that has lost none yet', () => {
    check((view) => {
      const action = decideOperation(view).actions.find(({ type }) => type === 'evict');
      if (action?.type !== 'evict') return;
      expect(action.pods.filter(view.isSpared)).toEqual([]);
      if (view.evicting) return;
      expect(view.node?.annotations).not.toHaveProperty([holdAnnotation]);
      expect(view.selected || view.os === undefined).toBe(true);
    });
  });

  it('blames a candidate for its return only when this leader followed the trial', () => {
    check((view) => {
      if (view.instance.status.agent?.operation?.result !== 'Returned') return;
      for (const action of decideOperation(view).actions) {
        const ending = action.type === 'writeOperation' ? action.operation.ending : undefined;
        if (ending?.class === 'unconfirmed') expect(view.witnessed).toBe(true);
      }
    });
  });

  it('gives a node that was activated back only on a good slot, without a trial, when it is Ready', () => {
    check((view) => {
      const { node } = view;
      if (!isActivatedAndFreed(view)) return;
      const { agent } = view.instance.status;
      expect(node?.ready).toBe(true);
      expect(agent?.bootId).toBe(node?.bootId);
      expect(agent?.slots[agent.bootedSlot ?? 'A'].state).toBe('good');
      expect([agent?.slots.A.state, agent?.slots.B.state]).not.toContain('trial');
    });
  });

  it('is deterministic', () => {
    check((view) => {
      expect(decideOperation(view)).toEqual(decideOperation(view));
    });
  });
});
