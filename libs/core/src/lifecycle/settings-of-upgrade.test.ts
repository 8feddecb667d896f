import { describe, expect, it } from '@jest/globals';
import type { Operation } from '../api/operation.ts';
import { aRollbackSpec, anOs, aSet, aSpec } from '../rollout/fleet.fixture.ts';
import {
  after,
  cordoned,
  drain,
  inTrial,
  only,
  pass,
  pod,
  said,
  silent,
  type Scene,
} from './scene.fixture.ts';

const before: Partial<Operation> = { ...drain, phase: 'Before' };
const sets = { upgradeconfigs: aSet('u2') };
const configured = { phase: 'Before', result: 'Configured' } as const;
const onNode = { node: cordoned, sets };
const refusal = (phase: string, code = 'SERVICE_FAILED') => ({
  problem: { seq: 1, phase, code, message: 'kubelet is not active' },
});

describe('Before', () => {
  it('comes after the drain when there are settings for the old system', () => {
    const scene = { operation: drain, ...onNode, view: { pods: [] }, waited: 5 };
    expect(said(pass(scene))).toBe('-> Before');
    const applied = { upgradeconfigs: aSet('u2') };
    expect(said(pass({ ...scene, status: applied }))).toBe('-> Activate');
  });

  it.each<[string, Scene, string]>([
    ['keeps the node unschedulable', { sets }, 'cordon again'],
    ['waits for the proxy', { ...onNode, status: silent }, 'wait ProxyPending'],
    [
      'lets a node go whose proxy is silent',
      { ...onNode, status: silent, waited: 120 },
      '-> GiveBack blocked ProxySilent',
    ],
    ['waits for the settings', onNode, 'wait Configuring'],
    ['gives up in the end', { ...onNode, waited: 900 }, '-> Cancel transient Stalled'],
    [
      'ends where they are refused for good',
      { ...onNode, status: refusal('Before') },
      '-> Cancel bad ServiceFailed',
    ],
    [
      'does not believe the result of another operation',
      { ...onNode, report: { ...configured, seq: 0 } },
      'wait Configuring',
    ],
    [
      'looks at the pods once more when they are in place',
      { ...onNode, report: configured },
      'wait pods',
    ],
    [
      'evicts what came meanwhile',
      { ...onNode, report: configured, view: { pods: [pod('web')] } },
      'evict web',
    ],
    [
      'switches an empty node',
      { ...onNode, report: configured, view: { pods: [] }, waited: 5 },
      '-> Activate',
    ],
    [
      'switches an empty node whose status holds the set by now',
      { ...onNode, status: sets, view: { pods: [] }, waited: 5 },
      '-> Activate',
    ],
  ])('%s', (_name, scene, expected) => {
    const status = { acknowledged: { seq: 1, phase: 'Before' }, ...scene.status };
    expect(said(pass({ ...scene, status, operation: before }))).toBe(expected);
  });

  it('tells the last word of the agent when it gives up', () => {
    const status = {
      acknowledged: { seq: 1, phase: 'Before' },
      ...refusal('Before', 'STORAGE_FULL'),
    };
    const decision = pass({ ...onNode, status, operation: before, waited: 900 });
    expect(JSON.stringify(decision)).toContain('kubelet is not active');
  });

  it('counts the attempt with the switch, not with the settings', () => {
    const scene = { operation: drain, ...onNode, view: { pods: [] }, waited: 5 };
    expect(only(pass(scene))).not.toHaveProperty('history');
  });
});

describe('After, with settings', () => {
  const trial: Scene = { ...inTrial, sets: { sysconfigs: aSet('s2') } };
  const done = { phase: 'After', result: 'Configured' } as const;

  it.each<[string, Scene, string]>([
    ['waits for them before it looks at the node', trial, 'wait Configuring'],
    [
      'only reports a silent proxy: the timer on the node ends the trial',
      { ...trial, status: silent, waited: 1000 },
      'wait ProxyPending',
    ],
    ['looks at the node once they are in place', { ...trial, report: done }, 'wait pods'],
    [
      'looks at the node when its status holds the set by now',
      { ...trial, status: { sysconfigs: aSet('s2') } },
      'wait pods',
    ],
    [
      'confirms a good node',
      { ...trial, report: done, view: { pods: [] }, waited: 30 },
      '-> Confirm',
    ],
    [
      'gives the trial up where they are refused for good',
      { ...trial, status: refusal('After') },
      '-> Cancel bad ServiceFailed',
    ],
    [
      'counts against a system whose agent applies no settings',
      { ...trial, status: refusal('After', 'UNSUPPORTED') },
      '-> Cancel bad Unsupported',
    ],
  ])('%s', (_name, scene, expected) => {
    const status = { acknowledged: { seq: 1, phase: 'After' }, ...scene.status };
    expect(said(pass({ ...scene, status, operation: after }))).toBe(expected);
  });

  it('counts the refusal as the end, not the return that follows it', () => {
    const ending = {
      result: 'Failed',
      class: 'bad',
      reason: 'ServiceFailed',
      message: '',
    } as const;
    const failure = { seq: 1, code: 'NOT_CONFIRMED', class: 'unconfirmed', message: '' } as const;
    const operation: Partial<Operation> = { ...after, phase: 'Cancel', ending };
    const report = { phase: 'Cancel', result: 'Returned', failure } as const;
    expect(said(pass({ operation, report, view: { witnessed: false } }))).toBe(
      '-> GiveBack bad ServiceFailed',
    );
  });
});

describe('an edit of the settings alone', () => {
  it('begins anew what only prepares', () => {
    const os = anOs({ spec: aSpec({ sysconfigs: aSet('s3') }) });
    const operation = { phase: 'Prepare' } as const;
    expect(said(pass({ operation, view: { os } }))).toBe('-> Cancel blocked Superseded');
  });

  it.each([
    ['upgrade', anOs({ spec: aSpec({ sysconfigs: aSet('s3') }) })],
    ['rollback', anOs({ spec: aRollbackSpec({ version: 'KubeOS 2', sysconfigs: aSet('s3') }) })],
  ] as const)('gives up no %s', (type, os) => {
    const scene = { operation: { ...before, type }, ...onNode, view: { os } };
    expect(said(pass({ ...scene, report: { ...configured, type } }))).toBe('wait pods');
  });
});
