import { describe, expect, it } from '@jest/globals';
import type { Operation } from '../api/operation.ts';
import { configuringLabel } from '../api/names.ts';
import { aConfigSpec, anOs, aSet, aSlot, digestOne } from '../rollout/fleet.fixture.ts';
import { cordoned, only, pass, pod, said, silent, type Scene } from './scene.fixture.ts';

const config: Partial<Operation> = { type: 'config' };
const none: Partial<Operation> = { ...config, disruption: 'none', phase: 'After' };
const restart: Partial<Operation> = {
  ...config,
  disruption: 'restart',
  phase: 'After',
  admitted: true,
  bootIdBefore: 'boot-n',
};
const target = { version: 'KubeOS 1', settings: 's2', slot: 'B' as const, slotDigest: digestOne };
const reboot: Partial<Operation> = { ...restart, disruption: 'reboot', target };

const marked = { labels: { [configuringLabel]: '' } };
const configured = { phase: 'After' as const, result: 'Configured' as const };
const empty = { view: { pods: [] } };
const problem = (phase: string, code: string) => ({
  problem: { seq: 1, phase, code, message: 'x' },
});
const failure = { seq: 1, code: 'SERVICE_FAILED' as const, class: 'bad' as const, message: 'x' };

const check =
  (operation: Partial<Operation>) => (_name: string, scene: Scene, expected: string) => {
    expect(said(pass({ ...scene, operation: { ...operation, ...scene.operation } }))).toBe(
      expected,
    );
  };

describe('Prepare of a config', () => {
  it.each<[string, Scene, string]>([
    ['waits for the proxy', { status: silent }, 'wait ProxyPending'],
    ['waits for the plan', {}, 'wait Preparing'],
    ['gives up without a plan', { waited: 900 }, '-> Cancel transient Stalled'],
    ['notes a plan', { report: { result: 'Prepared', disruption: 'none' } }, '-> Prepare'],
    [
      'notes nothing while the slot of a reboot is not known',
      { report: { result: 'Prepared', disruption: 'reboot' } },
      'wait Preparing',
    ],
    ['waits for its turn', { operation: { disruption: 'restart' } }, 'wait Prepared'],
    [
      'ends where the set is refused',
      { status: problem('Prepare', 'SETTINGS_REFUSED') },
      '-> Cancel bad SettingsRefused',
    ],
    [
      'ends when the object has another set',
      { view: { os: anOs({ spec: aConfigSpec({ sysconfigs: aSet('s3') }) }) } },
      '-> Cancel blocked Superseded',
    ],
  ])('%s', check(config));

  it('writes down what the settings do to the node', () => {
    const report = { result: 'Prepared', disruption: 'restart' } as const;
    expect(only(pass({ operation: config, report }))).toMatchObject({
      operation: { disruption: 'restart', target: { version: 'KubeOS 1', settings: 's2' } },
    });
  });

  it('writes down the slot that a reboot is to try', () => {
    const report = {
      result: 'Prepared',
      disruption: 'reboot',
      slot: 'B',
      slotDigest: digestOne,
    } as const;
    expect(only(pass({ operation: config, report }))).toMatchObject({
      operation: { disruption: 'reboot', target },
    });
  });
});

describe('settings that nobody notices', () => {
  it.each<[string, Scene, string]>([
    ['mark the node, without a cordon', {}, 'mark'],
    ['are waited for', { node: marked }, 'wait Configuring'],
    ['wait for the proxy', { node: marked, status: silent }, 'wait ProxyPending'],
    [
      'let a node go whose proxy is silent',
      { node: marked, status: silent, waited: 120 },
      '-> GiveBack blocked ProxySilent',
    ],
    ['are given up in the end', { node: marked, waited: 900 }, '-> Cancel transient Stalled'],
    ['are done at once', { report: { result: 'Committed' } }, '-> GiveBack Succeeded Confirmed'],
    [
      'fail with the reason of the agent',
      { report: { state: 'Failed', result: 'Failed', failure } },
      '-> GiveBack bad ServiceFailed',
    ],
    [
      'end where they are refused',
      { node: marked, status: problem('After', 'SETTINGS_REFUSED') },
      '-> Cancel bad SettingsRefused',
    ],
    [
      'are asked for again where the agent could not be reached',
      { node: marked, status: problem('After', 'AGENT_UNREACHABLE') },
      'wait Configuring',
    ],
  ])('%s', check(none));

  it.each<[string, Scene, string]>([
    ['takes the mark off', { node: marked }, 'uncordon'],
    ['closes', {}, 'close Succeeded Done'],
    ['does not ask for a Ready node', { node: { ready: false } }, 'close Succeeded Done'],
  ])('their end %s', check({ ...none, phase: 'GiveBack' }));

  it('leave the cordon of somebody else in place', () => {
    const operation = { ...none, phase: 'GiveBack' } as const;
    const action = only(pass({ operation, node: { ...marked, unschedulable: true } }));
    expect(action).toMatchObject({ change: { labels: { [configuringLabel]: null } } });
    expect(action).not.toHaveProperty('change.unschedulable');
  });
});

describe('settings that restart programs', () => {
  it('are applied on an empty node, with the attempt counted in the same write', () => {
    const { bootIdBefore: _boot, ...drain } = { ...restart, phase: 'Drain' as const };
    const action = only(pass({ operation: drain, node: cordoned, ...empty, waited: 5 }));
    expect(action).toMatchObject({
      operation: { phase: 'After', bootIdBefore: 'boot-n' },
      history: { entries: [{ type: 'config', settings: 's2', activates: 1 }] },
    });
  });

  it.each<[string, Scene, string]>([
    ['keep the node unschedulable', {}, 'cordon again'],
    ['are waited for', { node: cordoned }, 'wait Configuring'],
    [
      'let a node go whose proxy is silent',
      { node: cordoned, status: silent, waited: 120 },
      '-> GiveBack blocked ProxySilent',
    ],
    ['are given up in the end', { node: cordoned, waited: 900 }, '-> Cancel transient Stalled'],
    [
      'are not believed on the result of their Prepare',
      { node: cordoned, report: { phase: 'Prepare', result: 'Configured' } },
      'wait Configuring',
    ],
    [
      'are on trial until the node is Ready',
      { node: { ...cordoned, ready: false }, report: configured },
      'wait NotReady',
    ],
    [
      'are on trial until the kubelet has shown that it lives',
      { node: cordoned, report: configured, view: { leaseRenewals: 1 } },
      'wait LeaseNotRenewed',
    ],
    ['are on trial until the pods were seen', { node: cordoned, report: configured }, 'wait pods'],
    [
      'are on trial until DaemonSet pods are Ready',
      {
        node: cordoned,
        report: configured,
        view: {
          pods: [
            pod('d', { ready: false, controller: { kind: 'DaemonSet', name: 'd', uid: 'd' } }),
          ],
        },
      },
      'wait DaemonSetsNotReady',
    ],
    [
      'are on trial for minReadySeconds',
      { node: cordoned, report: configured, ...empty, waited: 29 },
      'wait MinReadySeconds',
    ],
    [
      'are confirmed when the node stayed good',
      { node: cordoned, report: configured, ...empty, waited: 30 },
      '-> Confirm',
    ],
    [
      'fail when a program did not come up',
      { node: cordoned, report: { result: 'Returned', failure } },
      '-> GiveBack bad ServiceFailed',
    ],
    [
      'blame nobody for a return that this leader did not follow',
      {
        node: cordoned,
        report: {
          result: 'Returned',
          failure: { ...failure, code: 'NOT_CONFIRMED', class: 'unconfirmed' },
        },
        view: { witnessed: false },
      },
      '-> GiveBack interrupted Interrupted',
    ],
    [
      'are given up when the object goes on',
      { node: cordoned, waited: 2700 },
      '-> Cancel transient Stalled',
    ],
    [
      'call a node lost that tells no outcome',
      { node: { ...cordoned, ready: false }, report: configured, waited: 2700 },
      'record',
    ],
  ])('%s', check(restart));

  it('wait for the commit, whatever boots meanwhile', () => {
    const operation: Partial<Operation> = { ...restart, phase: 'Confirm', confirmBootId: 'boot-n' };
    expect(said(pass({ operation, node: cordoned, report: configured }))).toBe('wait Confirming');
    const node = { ...cordoned, bootId: 'boot-2' };
    expect(said(pass({ operation, node, report: configured }))).toBe('wait Confirming');
  });

  it('are lost when the agent forgot them in the very boot', () => {
    const operation: Partial<Operation> = { ...restart, phase: 'Confirm', confirmBootId: 'boot-n' };
    expect(said(pass({ operation, node: cordoned, agent: { seq: 7 } }))).toBe(
      '-> GiveBack lost RecordsLost',
    );
  });

  it('speak of no slot in Confirm', () => {
    const scene: Scene = { operation: restart, node: cordoned, report: configured, ...empty };
    const action = only(pass({ ...scene, waited: 30 }));
    expect(action).toMatchObject({ operation: { confirmBootId: 'boot-n' } });
    expect(action).not.toHaveProperty('operation.target.slot');
  });

  it.each<[string, Scene, string]>([
    ['uncordons a Ready node', { node: cordoned }, 'uncordon'],
    ['waits until the node is Ready', { node: { ...cordoned, ready: false } }, 'wait GivingBack'],
    [
      'waits for a report of this boot',
      { node: cordoned, agent: { bootId: 'old' } },
      'wait GivingBack',
    ],
    [
      'does not ask what the slots are',
      {
        node: cordoned,
        agent: { slots: { A: aSlot('failed', 'KubeOS 1'), B: { state: 'empty' } } },
      },
      'uncordon',
    ],
  ])('their end %s', check({ ...restart, phase: 'GiveBack' }));

  it('are waited for to return once they were begun', () => {
    const ending = { result: 'Cancelled', reason: 'Superseded', message: '' } as const;
    const operation: Partial<Operation> = { ...restart, phase: 'Cancel', ending };
    expect(said(pass({ operation, node: cordoned, waited: 130 }))).toBe('wait Cancelling');
    const report = {
      result: 'Returned',
      failure: { ...failure, code: 'NOT_CONFIRMED', class: 'unconfirmed' },
    } as const;
    expect(said(pass({ operation, node: cordoned, report }))).toBe(
      '-> GiveBack Cancelled Superseded',
    );
  });
});

describe('settings that reboot', () => {
  const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('trial', 'KubeOS 1') };
  const trial: Scene = {
    node: { ...cordoned, bootId: 'boot-2' },
    agent: { bootedSlot: 'B', slots },
  };

  it('switch to the slot that was prepared', () => {
    const { bootIdBefore: _boot, ...drain } = { ...reboot, phase: 'Drain' as const };
    expect(said(pass({ operation: drain, node: cordoned, ...empty, waited: 5 }))).toBe(
      '-> Activate',
    );
  });

  it.each<[string, Scene, string]>([
    ['wait for the boot', { node: cordoned }, 'wait NotInTrial'],
    ['wait for the rest of the settings', trial, 'wait Configuring'],
    ['look at the node once those are in place', { ...trial, report: configured }, 'wait pods'],
    [
      'are confirmed with their slot',
      { ...trial, report: configured, ...empty, waited: 30 },
      '-> Confirm',
    ],
  ])('%s', (_name, scene, expected) => {
    const node = { osImage: 'KubeOS 1', ...scene.node };
    expect(said(pass({ ...scene, node, operation: reboot }))).toBe(expected);
  });

  it('are lost when the agent forgot them in another boot', () => {
    const operation: Partial<Operation> = { ...reboot, phase: 'Activate' };
    const node = { ...cordoned, bootId: 'boot-2' };
    expect(said(pass({ operation, node, agent: { seq: 0 } }))).toBe('-> GiveBack lost RecordsLost');
  });
});
