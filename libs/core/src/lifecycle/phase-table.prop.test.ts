import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { configuringLabel, cordonAnnotation, holdAnnotation } from '../api/names.ts';
import {
  phases,
  type Disruption,
  type Operation,
  type OperationType,
  type OutcomeClass,
  type Phase,
} from '../api/operation.ts';
import type { PhaseResult, SlotState } from '../api/agent-status.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import {
  aNode,
  anInstance,
  anOperation,
  anOs,
  aSet,
  aSlot,
  aSpec,
} from '../rollout/fleet.fixture.ts';
import { cordonText } from './cordon.ts';
import { decideOperation } from './decide-operation.ts';
import { phaseTable } from './phase-table.ts';
import { pod } from './scene.fixture.ts';
import type { NodeAction, OperationView } from './view.ts';

const states: readonly SlotState[] = ['empty', 'ready', 'trial', 'good', 'failed'];
const results: readonly PhaseResult[] = [
  'Prepared',
  'Configured',
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

const drawn = fc.record({
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
  disruption: fc.constantFrom<Disruption>('none', 'restart', 'reboot'),
  reportPhase: fc.constantFrom<Phase>('Prepare', 'Before', 'After', 'Confirm'),
  settings: fc.boolean(),
  applied: seldom(fc.constant('s2')),
  marked: fc.boolean(),
  ours: mostly,
  evicting: fc.boolean(),
  witnessed: fc.boolean(),
  spared: fc.boolean(),
});

/** A config has no Before. */
const scene = drawn.map((s) => ({
  ...s,
  phase: s.type === 'config' && s.phase === 'Before' ? ('After' as const) : s.phase,
}));

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
    labels: s.marked ? { [configuringLabel]: '' } : {},
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
    ...(s.type === 'config' && s.prepared ? { disruption: disruptionOf(s) } : {}),
    target: {
      version: 'KubeOS 2',
      ...(s.prepared ? { slot: 'B' } : {}),
      ...(s.type === 'config' ? { settings: 's2' } : {}),
    },
  };
}

/** Settings that nobody notices have no trial that begins. */
function disruptionOf({ disruption, activated }: Drawn): Disruption {
  return activated && disruption === 'none' ? 'restart' : disruption;
}

function instanceOf(s: Drawn, node: NodeView, operation: Operation): OsInstance {
  const of = {
    id: 'x',
    seq: s.agentSeq,
    type: s.type,
    phase: s.reportPhase,
    disruption: disruptionOf(s),
  };
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
  const applied = s.applied === undefined ? {} : { sysconfigs: aSet(s.applied) };
  const sets = s.settings ? { sysconfigs: aSet('s2'), upgradeconfigs: aSet('u2') } : {};
  return anInstance(node, {
    spec: { operation, ...sets },
    agent: {
      bootId: s.reportIsFresh ? s.bootId : 'boot-0',
      bootedSlot: s.booted,
      slots,
      version: s.version,
      seq: s.agentSeq,
      ...report,
    },
    status: {
      acknowledged: { seq: s.acknowledged ? 1 : 0, phase: s.phase },
      ...problem,
      ...applied,
    },
  });
}

function osOf(s: Drawn): Os | undefined {
  const { payload: _payload, ...rest } = aSpec({ type: s.type, sysconfigs: aSet('s2') });
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

  it('evicts and begins a trial only under its own cordon', () => {
    check((view) => {
      for (const action of decideOperation(view).actions) {
        const begins =
          action.type === 'writeOperation' &&
          action.operation.bootIdBefore !== view.operation.bootIdBefore;
        if (action.type !== 'evict' && !begins) continue;
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

  it('touches no cordon and no pod for settings that nobody notices', () => {
    check((view) => {
      const { type, disruption, phase } = view.operation;
      if (type !== 'config' || disruption !== 'none' || phase !== 'After') return;
      for (const action of decideOperation(view).actions) {
        expect(action.type).not.toBe('evict');
        if (action.type === 'changeNode') expect(action.change).not.toHaveProperty('unschedulable');
      }
    });
  });

  it('asks for a commit only once the settings of After are in place', () => {
    check((view) => {
      const confirms = decideOperation(view).actions.some(
        (action) => action.type === 'writeOperation' && action.operation.phase === 'Confirm',
      );
      const { spec, status } = view.instance;
      if (!confirms || spec.sysconfigs === undefined) return;
      const { result, phase } = status.agent?.operation ?? {};
      const told = result === 'Configured' || phase === 'Confirm';
      expect(told || status.sysconfigs !== undefined).toBe(true);
    });
  });

  it('gives a node that was activated back only when it is Ready, on a good slot, without a trial', () => {
    check((view) => {
      const { node, operation } = view;
      if (!isActivatedAndFreed(view)) return;
      const { agent } = view.instance.status;
      expect(node?.ready).toBe(true);
      expect(agent?.bootId).toBe(node?.bootId);
      if (operation.type === 'config' && operation.disruption !== 'reboot') return;
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
