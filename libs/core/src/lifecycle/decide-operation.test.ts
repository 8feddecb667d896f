import { describe, expect, it } from '@jest/globals';
import {
  configuringLabel,
  cordonAnnotation,
  holdAnnotation,
  upgradingLabel,
} from '../api/names.ts';
import type { Operation } from '../api/operation.ts';
import {
  aConfigSpec,
  aNode,
  anInstance,
  anOperation,
  anOs,
  aRollbackSpec,
  aSpec,
  digestOne,
} from '../rollout/fleet.fixture.ts';
import {
  activate,
  cordoned,
  drain,
  inTrial,
  only,
  ours,
  pass,
  pod,
  prepare,
  said,
  silent,
  trial,
  type Scene,
} from './scene.fixture.ts';

describe('Prepare', () => {
  it.each<[string, Scene, string]>([
    ['waits for the proxy', { status: silent }, 'wait ProxyPending'],
    [
      'releases a node whose proxy is silent',
      { status: silent, waited: 120 },
      '-> GiveBack blocked ProxySilent',
    ],
    ['waits for the bytes', {}, 'wait Preparing'],
    ['gives up without progress', { waited: 900 }, '-> Cancel transient Stalled'],
    [
      'notes the slot that is prepared',
      { report: { result: 'Prepared', slot: 'B', slotDigest: digestOne } },
      '-> Prepare',
    ],
    [
      'ends on a wrong digest',
      {
        report: {
          result: 'Failed',
          failure: { seq: 1, code: 'DIGEST_MISMATCH', class: 'bad', message: 'x' },
        },
      },
      '-> GiveBack bad DigestMismatch',
    ],
    [
      'ends on a refusal that stays',
      {
        status: {
          problem: { seq: 1, phase: 'Prepare', code: 'BOOTED_SLOT_NOT_GOOD', message: 'x' },
        },
      },
      '-> Cancel blocked BootedSlotNotGood',
    ],
    [
      'asks again after a refusal that passes',
      {
        status: { problem: { seq: 1, phase: 'Prepare', code: 'AGENT_UNREACHABLE', message: 'x' } },
      },
      'wait Preparing',
    ],
  ])('%s', (_name, scene, expected) => {
    expect(said(pass({ ...scene, operation: { ...prepare, ...scene.operation } }))).toBe(expected);
  });

  it('waits for its turn once prepared', () => {
    expect(said(pass({}))).toBe('wait Prepared');
  });
});

describe('Drain', () => {
  const empty = { view: { pods: [] } };
  it.each<[string, Scene, string]>([
    [
      'touches nothing before the proxy echoed this operation',
      { status: silent },
      'wait ProxyPending',
    ],
    [
      'touches nothing on a report of another boot',
      { agent: { bootId: 'old' } },
      'wait ProxyPending',
    ],
    ['cordons', {}, 'cordon'],
    [
      'cordons again when somebody took the flag off',
      { node: { annotations: { [cordonAnnotation]: ours } } },
      'cordon',
    ],
    [
      'B-18: leaves a foreign cordon alone',
      { node: { unschedulable: true } },
      '-> Cancel blocked ForeignCordon',
    ],
    [
      'B-18: leaves a cordon alone that somebody put in the place of ours',
      { node: { ...cordoned, unschedulableIsOurs: false } },
      '-> Cancel blocked ForeignCordon',
    ],
    [
      'lets a held node go',
      { node: { ...cordoned, annotations: { [cordonAnnotation]: ours, [holdAnnotation]: '' } } },
      '-> Cancel blocked Held',
    ],
    [
      'lets a node go that is not selected any more',
      { node: cordoned, view: { selected: false } },
      '-> Cancel blocked NotSelected',
    ],
    ['asks for the pods', { node: cordoned }, 'wait pods'],
    [
      'B-04: evicts what is there',
      { node: cordoned, view: { pods: [pod('web'), pod('gone', { deleting: true })] } },
      'evict web',
    ],
    [
      'waits for pods that leave',
      { node: cordoned, view: { pods: [pod('gone', { deleting: true })] } },
      'wait Draining',
    ],
    [
      'ignores DaemonSet pods',
      {
        node: cordoned,
        view: { pods: [pod('d', { controller: { kind: 'DaemonSet', name: 'd', uid: 'd' } })] },
        waited: 5,
      },
      '-> Activate',
    ],
    ['looks once more before it believes', { node: cordoned, ...empty }, 'wait DrainSettling'],
    ['activates an empty node', { node: cordoned, ...empty, waited: 5 }, '-> Activate'],
    [
      'B-20: gives up after its deadline',
      { node: cordoned, view: { pods: [pod('web')] }, waited: 900 },
      '-> Cancel blocked DrainTimeout',
    ],
  ])('%s', (_name, scene, expected) => {
    expect(said(pass({ ...scene, operation: drain }))).toBe(expected);
  });

  it('refuses pods with local data before the first eviction, when not forced', () => {
    const parameters = { ...anOperation(aNode('n')).parameters, force: false };
    const pods = [pod('cache', { hasEmptyDir: true })];
    const scene = { operation: { ...drain, parameters }, node: cordoned, view: { pods } };
    expect(said(pass(scene))).toBe('-> Cancel blocked PodBlocksDrain');
  });

  it('does not reboot a node that somebody uncordoned behind the last look', () => {
    const node = { annotations: { [cordonAnnotation]: ours } };
    expect(said(pass({ operation: drain, node, view: { pods: [] }, waited: 5 }))).toBe('cordon');
  });

  it('counts the attempt in the same write as the phase', () => {
    const action = only(pass({ operation: drain, node: cordoned, view: { pods: [] }, waited: 5 }));
    expect(action).toMatchObject({
      operation: { bootIdBefore: 'boot-n' },
      history: { seq: 1, entries: [{ activates: 1 }] },
    });
  });

  it.each([
    ['upgrade' as const, upgradingLabel],
    ['rollback' as const, upgradingLabel],
    ['config' as const, configuringLabel],
  ])('cordons for %s with ownership and upstream’s label in one write', (type, label) => {
    const specs = {
      upgrade: aSpec(),
      rollback: aRollbackSpec({ version: 'KubeOS 2' }),
      config: aConfigSpec(),
    };
    const os = anOs({ spec: specs[type] });
    expect(only(pass({ operation: { ...drain, type }, view: { os } }))).toMatchObject({
      change: {
        unschedulable: true,
        annotations: { [cordonAnnotation]: ours },
        labels: { [label]: '' },
      },
    });
  });
});

describe('Activate', () => {
  it.each<[string, Scene, string]>([
    ['waits for the reboot', { node: cordoned }, 'wait Rebooting'],
    [
      'only reports a silent proxy',
      { node: cordoned, status: silent, waited: 130 },
      'wait ProxySilent',
    ],
    ['keeps the node unschedulable', {}, 'cordon again'],
    ['sees the trial', { node: { ...cordoned, bootId: 'boot-2' }, agent: trial }, '-> After'],
    [
      'does not take the old boot for the trial',
      { node: cordoned, agent: trial },
      'wait Rebooting',
    ],
    [
      'ends when the target runs already',
      { node: cordoned, report: { result: 'Booted' } },
      '-> GiveBack Succeeded Confirmed',
    ],
    [
      'ends through Cancel when the agent refuses',
      {
        node: cordoned,
        status: { problem: { seq: 1, phase: 'Activate', code: 'SLOT_REFUSED', message: 'x' } },
      },
      '-> Cancel blocked SlotRefused',
    ],
    [
      'ends when the candidate came back bad',
      {
        node: { ...cordoned, bootId: 'boot-2' },
        report: {
          result: 'Returned',
          failure: { seq: 1, code: 'BUG', class: 'bad', message: 'no init' },
        },
      },
      '-> GiveBack bad InternalError',
    ],
    [
      'ends as lost when the records are gone after the reboot',
      { node: { ...cordoned, bootId: 'boot-2' }, agent: { seq: 0 } },
      '-> GiveBack lost RecordsLost',
    ],
    ['says that the node is lost', { node: cordoned, waited: 2700 }, 'record'],
  ])('%s', (_name, scene, expected) => {
    expect(said(pass({ ...scene, operation: activate }))).toBe(expected);
  });

  it('cancels what was prepared for an object that is gone, and finishes what was admitted', () => {
    const gone = { view: { os: undefined } };
    expect(said(pass(gone))).toBe('-> Cancel blocked ObjectDeleted');
    expect(said(pass({ ...gone, operation: activate, node: cordoned }))).toBe('wait Rebooting');
  });

  it('ends a trial whose records are gone although the boot sector still knows its number', () => {
    const after = { ...activate, phase: 'After' as const };
    const scene = { node: { ...cordoned, bootId: 'boot-3' }, agent: { seq: 1 } };
    expect(said(pass({ ...scene, operation: after }))).toBe('-> GiveBack lost RecordsLost');
  });

  it('keeps the cordon of a lost node and still waits for its report', () => {
    const operation = anOperation(aNode('n'), activate);
    const lost = { seq: 1, class: 'lost' as const, reason: 'NodeLost', message: '', time: '' };
    const entries = [
      {
        osUid: 'os-uid',
        type: 'upgrade' as const,
        version: 'KubeOS 2',
        activates: 1,
        attempts: 1,
        counted: true,
        last: lost,
      },
    ];
    const instance = anInstance(aNode('n', cordoned), {
      spec: { operation, history: { seq: 1, entries } },
      status: { acknowledged: { seq: 1, phase: 'Activate' } },
    });
    expect(
      said(pass({ operation: activate, node: cordoned, waited: 2700, view: { instance } })),
    ).toBe('wait NodeLost');
  });
});

describe('a node that does not come back', () => {
  const ending = { result: 'Succeeded' as const, reason: 'Confirmed', message: '' };
  const givingBack: Partial<Operation> = { ...activate, phase: 'GiveBack', ending };
  const gone = { node: { ...cordoned, ready: false }, waited: 2700 };
  const deleting = { ...gone, view: { os: anOs({ deleting: true }) } };
  it.each<[string, Partial<Operation>, Scene, string]>([
    ['is called lost while the outcome is open', activate, gone, 'record'],
    ['keeps the outcome that is known', givingBack, gone, 'wait GivingBack'],
    ['is let go with an object that is deleted', activate, deleting, 'close Failed NodeLost'],
    ['is let go with its outcome', givingBack, deleting, 'close Succeeded Confirmed'],
    [
      'is kept while it is Ready, whatever happens to the object',
      activate,
      { ...deleting, node: cordoned },
      'record',
    ],
    [
      'is looked at as any other when it runs the trial after all',
      { ...activate, phase: 'After', bootIdBefore: 'boot-before' },
      { ...inTrial, view: { pods: [], leaseRenewals: 1 }, waited: 2700 },
      'wait LeaseNotRenewed',
    ],
    [
      'is lost although its last report shows the trial',
      { ...activate, phase: 'After', bootIdBefore: 'boot-before' },
      { ...inTrial, node: { ...inTrial.node, ready: false }, waited: 2700 },
      'record',
    ],
    ['is kept before its deadline', activate, { ...deleting, waited: 2699 }, 'wait Rebooting'],
  ])('%s', (_name, operation, scene, expected) => {
    expect(said(pass({ ...scene, operation }))).toBe(expected);
  });
});
