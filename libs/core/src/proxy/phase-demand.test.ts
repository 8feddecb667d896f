import { describe, expect, it } from '@jest/globals';
import type { AgentCapability } from '../api/agent-status.ts';
import { imageTypes, type Operation } from '../api/operation.ts';
import type { OsInstanceStatus } from '../api/os-instance.ts';
import { demandOf, type PhaseDemand } from './phase-demand.ts';
import { agentStatus, digest, instance, operation } from './proxy.fixture.ts';

const sysconfigs = { version: 'after-2', configs: [{ model: 'kernel.sysctl' }] };
const upgradeconfigs = { version: 'before-2', configs: [{ model: 'pam.limits' }] };
const invalid = { kind: 'refused', failure: { code: 'INVALID_ARGUMENT' } };
const named = { id: 'os-1/node-1/7', seq: 7 };

interface Case {
  readonly sets?: Parameters<typeof instance>[3];
  readonly status?: OsInstanceStatus;
  readonly capabilities?: readonly AgentCapability[];
}

function demand(of: Partial<Operation>, given: Case = {}): PhaseDemand {
  const { sets = { sysconfigs, upgradeconfigs }, status = {}, capabilities } = given;
  const asked = operation(of);
  const agent = agentStatus(capabilities === undefined ? {} : { capabilities });
  return demandOf(instance(asked, status, '1', sets), asked, agent);
}

describe('what a phase asks of the agent', () => {
  it.each([
    ['upgrade', 'Before', upgradeconfigs],
    ['rollback', 'Before', upgradeconfigs],
    ['upgrade', 'After', sysconfigs],
    ['rollback', 'After', sysconfigs],
    ['config', 'Prepare', sysconfigs],
    ['config', 'After', sysconfigs],
  ] as const)('settings, of an operation of type %s in %s', (type, phase, settings) => {
    expect(demand({ type, phase })).toEqual({
      kind: 'call',
      call: {
        type: 'configure',
        request: { ...named, type, phase, settings, confirmTimeoutSeconds: 600 },
      },
    });
  });

  it.each([
    ['upgrade', 'Before', { upgradeconfigs }],
    ['rollback', 'After', { sysconfigs }],
    ['config', 'Before', {}],
  ] as const)('nothing, of type %s in %s without a new set', (type, phase, status) => {
    expect(demand({ type, phase }, { status })).toEqual({ kind: 'nothing' });
  });

  it.each([
    ['a config without settings', { type: 'config', phase: 'After' }, { sets: {} }],
    ['a planned config without settings', { type: 'config', phase: 'Prepare' }, { sets: {} }],
    ['Confirm without a boot id', { type: 'config', phase: 'Confirm' }, {}],
    [
      'Confirm of a config that rebooted, without a slot',
      { type: 'config', phase: 'Confirm', disruption: 'reboot', confirmBootId: 'boot-1' },
      {},
    ],
  ] as const)('refuses %s', (_what, of, given) => {
    expect(demand(of, given)).toMatchObject(invalid);
  });

  it('refuses Prepare without a payload', () => {
    const { payload: _, ...asked } = operation();

    expect(demandOf(instance(asked), asked, agentStatus())).toMatchObject(invalid);
  });

  it('refuses settings that the agent cannot apply', () => {
    const capabilities = ['disk', 'rollback'] as const;
    const failure = { code: 'UNSUPPORTED' };

    expect(demand({ phase: 'After' }, { capabilities })).toMatchObject({ failure });
    expect(demand({ phase: 'After' }, { capabilities, sets: {} })).toEqual({ kind: 'nothing' });
  });

  it.each(imageTypes)('refuses an image of type %s that the agent cannot fetch', (imageType) => {
    const payload = {
      imageType,
      image: 'r.example/os:2',
      digest,
      allowInsecure: false,
      mutualTls: false,
    };
    const others = imageTypes.filter((other) => other !== imageType);
    const failure = { code: 'UNSUPPORTED', message: expect.stringContaining(imageType) };

    expect(demand({ phase: 'Prepare', payload }, { capabilities: others })).toEqual({
      kind: 'refused',
      failure,
    });
    expect(demand({ phase: 'Prepare', payload }, { capabilities: [imageType] })).toMatchObject({
      kind: 'call',
    });
  });

  it('names only the boot when settings alone are confirmed', () => {
    const of = { type: 'config', phase: 'Confirm', confirmBootId: 'boot-1' } as const;
    const target = { version: 'KubeOS 1', slot: 'B', slotDigest: digest } as const;
    const confirmed = (request: object) => ({
      kind: 'call',
      call: {
        type: 'confirm',
        request: { ...named, type: 'config', bootId: 'boot-1', ...request },
      },
    });

    expect(demand({ ...of, disruption: 'restart' })).toEqual(confirmed({}));
    expect(demand({ ...of, disruption: 'reboot', target })).toEqual(
      confirmed({ slot: 'B', slotDigest: digest }),
    );
  });
});
