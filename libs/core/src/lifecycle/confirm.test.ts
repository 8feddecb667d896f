import { describe, expect, it } from '@jest/globals';
import { configuringLabel, cordonAnnotation, upgradingLabel } from '../api/names.ts';
import type { Operation } from '../api/operation.ts';
import { anOs, aPayload, aSlot, aSpec, digestOne, digestTwo } from '../rollout/fleet.fixture.ts';
import {
  after,
  confirm,
  cordoned,
  drain,
  inTrial,
  only,
  pass,
  pod,
  said,
  trial,
  type Scene,
} from './scene.fixture.ts';

describe('After and Confirm', () => {
  it.each<[string, Scene, string]>([
    ['asks for the pods when all else holds', inTrial, 'wait pods'],
    [
      'waits for this boot’s report',
      { ...inTrial, agent: { ...trial, bootId: 'other' } },
      'wait Rebooting',
    ],
    ['waits for the kubelet’s osImage', { ...inTrial, node: cordoned }, 'wait OsImageDiffers'],
    ['waits for Ready', { ...inTrial, node: { ...inTrial.node, ready: false } }, 'wait NotReady'],
    ['waits for the Lease', { ...inTrial, view: { leaseRenewals: 1 } }, 'wait LeaseNotRenewed'],
    [
      'waits for DaemonSet pods',
      {
        ...inTrial,
        view: {
          pods: [
            pod('d', { ready: false, controller: { kind: 'DaemonSet', name: 'd', uid: 'd' } }),
          ],
        },
      },
      'wait DaemonSetsNotReady',
    ],
    [
      'does not confirm another digest',
      {
        ...inTrial,
        agent: {
          ...trial,
          slots: {
            A: aSlot('good', 'KubeOS 1'),
            B: aSlot('trial', 'KubeOS 2', { slotDigest: digestTwo }),
          },
        },
      },
      'wait TargetDiffers',
    ],
    ['waits for minReadySeconds', { ...inTrial, view: { pods: [] } }, 'wait MinReadySeconds'],
    ['confirms', { ...inTrial, view: { pods: [] }, waited: 30 }, '-> Confirm'],
    [
      'gives back after a return',
      {
        node: cordoned,
        report: {
          result: 'Returned',
          failure: { seq: 1, code: 'BUG', class: 'unconfirmed', message: 'x' },
        },
      },
      '-> GiveBack unconfirmed InternalError',
    ],
    [
      'does not blame the candidate when the operator was away',
      {
        node: cordoned,
        report: {
          result: 'Returned',
          failure: { seq: 1, code: 'BUG', class: 'unconfirmed', message: 'x' },
        },
        view: { witnessed: false },
      },
      '-> GiveBack interrupted Interrupted',
    ],
    [
      'gives back after the commit',
      { node: cordoned, report: { result: 'Committed' } },
      '-> GiveBack Succeeded Confirmed',
    ],
  ])('%s', (_name, scene, expected) => {
    expect(said(pass({ ...scene, operation: after }))).toBe(expected);
  });

  it.each([
    ['while the Lease is awaited', { leaseRenewals: 0 }, { leaseRenewals: 1 }],
    ['while minReadySeconds pass', { pods: [], since: () => 1 }, { pods: [], since: () => 29 }],
  ])('says the same %s, since each new text is a write', (_name, first, second) => {
    const { waiting } = pass({ ...inTrial, operation: after, view: first });
    expect(waiting?.message).not.toBe('');
    expect(pass({ ...inTrial, operation: after, view: second }).waiting).toEqual(waiting);
  });

  it('excuses pods of DaemonSets that were not Ready at admission', () => {
    const pods = [
      pod('d-2', { ready: false, controller: { kind: 'DaemonSet', name: 'd', uid: 'd' } }),
    ];
    const operation = { ...after, excusedDaemonSetPods: ['default/d'] };
    expect(said(pass({ ...inTrial, operation, view: { pods }, waited: 30 }))).toBe('-> Confirm');
  });

  it('waits for the commit, and starts anew after another boot of the trial', () => {
    expect(said(pass({ ...inTrial, operation: confirm }))).toBe('wait Confirming');
    const rebooted = {
      ...inTrial,
      node: { ...inTrial.node, bootId: 'boot-3' },
      view: { pods: [] },
    };
    expect(said(pass({ ...rebooted, operation: confirm }))).toBe('wait MinReadySeconds');
    expect(only(pass({ ...rebooted, operation: confirm, waited: 30 }))).toMatchObject({
      operation: { phase: 'Confirm', confirmBootId: 'boot-3' },
    });
  });
});

describe('GiveBack', () => {
  const ending = { result: 'Succeeded' as const, reason: 'Confirmed', message: '' };
  const giveBack: Partial<Operation> = {
    phase: 'GiveBack',
    admitted: true,
    bootIdBefore: 'before',
    ending,
  };
  it.each<[string, Scene, string]>([
    ['uncordons a good and Ready node', { node: cordoned }, 'uncordon'],
    ['closes an uncordoned one', {}, 'close Succeeded Confirmed'],
    ['waits while the trial lasts', { ...inTrial }, 'wait GivingBack'],
    ['waits for Ready', { node: { ...cordoned, ready: false } }, 'wait GivingBack'],
    [
      'waits for a report of this boot',
      { node: cordoned, agent: { bootId: 'old' } },
      'wait GivingBack',
    ],
  ])('%s', (_name, scene, expected) => {
    expect(said(pass({ ...scene, operation: giveBack }))).toBe(expected);
  });

  it('B-17: gives back at once what was never activated, whatever the node says', () => {
    const { bootIdBefore: _before, ...early } = giveBack;
    expect(said(pass({ operation: early, node: { ...cordoned, ready: false } }))).toBe('uncordon');
  });

  it('B-18: leaves the flag when somebody else has set it since', () => {
    const node = { ...cordoned, unschedulableIsOurs: false };
    expect(only(pass({ operation: giveBack, node }))).toMatchObject({
      change: {
        annotations: { [cordonAnnotation]: null },
        labels: { [upgradingLabel]: null, [configuringLabel]: null },
      },
    });
    expect(JSON.stringify(only(pass({ operation: giveBack, node })))).not.toContain(
      'unschedulable"',
    );
  });
});

describe('edits and deletions', () => {
  const wants = (changes: Parameters<typeof aSpec>[0]) => ({
    view: { os: anOs({ spec: aSpec(changes) }) },
  });
  it.each<[string, Scene, string]>([
    ['another version', wants({ version: 'KubeOS 3' }), '-> Cancel blocked Superseded'],
    [
      'another digest',
      wants({ payload: { ...aPayload, digest: digestOne } }),
      '-> Cancel blocked Superseded',
    ],
    [
      'another source',
      wants({ payload: { ...aPayload, url: 'https://elsewhere.example.org' } }),
      '-> Cancel blocked Superseded',
    ],
    ['a pause', wants({ paused: true }), 'wait Prepared'],
    ['another budget', wants({ maxUnavailable: { count: 9 } }), 'wait Prepared'],
  ])('treat %s as they should', (_name, scene, expected) => {
    expect(said(pass(scene))).toBe(expected);
  });

  it('heed no older object that a cache still shows', () => {
    const view = { os: anOs({ generation: 1, spec: aSpec({ version: 'KubeOS 1' }) }) };
    expect(said(pass({ operation: { osGeneration: 2 }, view }))).toBe('wait Prepared');
    expect(said(pass({ operation: { osGeneration: 1 }, view }))).toBe(
      '-> Cancel blocked Superseded',
    );
  });

  it('B-28: finish an operation whose object is gone from its own record', () => {
    const { os: _os, ...rest } = wants({}).view;
    expect(
      said(
        pass({
          operation: after,
          ...inTrial,
          view: { ...rest, os: undefined, pods: [] },
          waited: 30,
        }),
      ),
    ).toBe('-> Confirm');
  });

  it('do not cancel what is being confirmed', () => {
    expect(said(pass({ ...inTrial, ...wants({ version: 'KubeOS 3' }), operation: confirm }))).toBe(
      'wait Confirming',
    );
  });

  it('B-29: close the operation of a Node that is gone or was registered again', () => {
    expect(said(pass({ operation: drain, view: { node: undefined } }))).toBe(
      'close Failed NodeGone',
    );
    expect(said(pass({ operation: drain, node: { uid: 'another' } }))).toBe(
      'close Failed NodeGone',
    );
  });

  it.each<[string, Scene, string]>([
    ['for the agent', {}, 'wait Cancelling'],
    [
      'no longer than two minutes when nothing was armed',
      { waited: 120 },
      '-> GiveBack blocked Superseded',
    ],
    [
      'for ever when something was armed',
      { waited: 500, operation: { bootIdBefore: 'x' } },
      'wait Cancelling',
    ],
    [
      'until it was cancelled',
      { report: { result: 'Cancelled' } },
      '-> GiveBack blocked Superseded',
    ],
    [
      'and takes a commit that was faster',
      { report: { result: 'Committed' } },
      '-> GiveBack Succeeded Confirmed',
    ],
  ])('wait %s', (_name, scene, expected) => {
    const ending = {
      result: 'Cancelled' as const,
      class: 'blocked' as const,
      reason: 'Superseded',
      message: '',
    };
    expect(
      said(pass({ ...scene, operation: { phase: 'Cancel', ending, ...scene.operation } })),
    ).toBe(expected);
  });
});
