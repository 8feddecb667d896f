import { describe, expect, it } from '@jest/globals';
import type { AgentStatus } from '../api/agent-status.ts';
import type { OsInstanceStatus, SettingsSet } from '../api/os-instance.ts';
import { agentStatus, instance, operation, record, settingsStatus } from './proxy.fixture.ts';
import { reportOf } from './report.ts';

const set = (version: string): SettingsSet => ({ version, configs: [{ model: 'pam.limits' }] });

function setsWritten(
  agent: AgentStatus,
  sets: Parameters<typeof instance>[3],
  status: OsInstanceStatus = {},
): unknown {
  const { patch } = reportOf(instance(undefined, status, '1', sets), {
    nodeUid: undefined,
    proxyVersion: '1.0.0',
    agent,
    call: { kind: 'none' },
    acknowledged: undefined,
    problem: undefined,
  });
  const { sysconfigs, upgradeconfigs } = patch;
  return { sysconfigs, upgradeconfigs };
}

describe('the sets that a node has applied', () => {
  it.each([
    ['is the wanted one', '2', set('2'), set('1'), set('2')],
    ['is the stored one', '1', set('2'), set('1'), undefined],
    ['is neither', '0', set('2'), set('1'), { version: '0' }],
    ['is there for the first time', '0', undefined, undefined, { version: '0' }],
    ['is gone', undefined, set('2'), set('1'), null],
    ['was never there', undefined, set('2'), undefined, undefined],
    ['has no name', '', { configs: [] }, set('1'), { configs: [] }],
  ])('are written when what the agent tells %s', (_what, told, wanted, stored, written) => {
    const word = told === undefined ? {} : { before: told, after: told };
    const agent = agentStatus({ settings: settingsStatus(word) });
    const both = (value: SettingsSet | undefined) =>
      value === undefined ? {} : { sysconfigs: value, upgradeconfigs: value };

    expect(setsWritten(agent, both(wanted), both(stored))).toEqual({
      sysconfigs: written,
      upgradeconfigs: written,
    });
  });

  it.each([
    ['reports no settings', agentStatus()],
    [
      'is at work',
      agentStatus({
        operation: record(operation({ type: 'config', phase: 'After' })),
        settings: settingsStatus({ after: '2' }),
      }),
    ],
  ])('stay as they are while the agent %s', (_what, agent) => {
    const stored = { sysconfigs: set('1'), upgradeconfigs: set('1') };

    expect(setsWritten(agent, { sysconfigs: set('2') }, stored)).toEqual({});
  });

  it('follow the newer snapshot, also where another proxy of the node has told it', () => {
    const older = agentStatus({ revision: 1, settings: settingsStatus({ after: '1' }) });
    const newer = agentStatus({ revision: 2, settings: settingsStatus({ after: '2' }) });
    const stored = { agent: newer, sysconfigs: set('2') };

    expect(setsWritten(older, { sysconfigs: set('2') }, stored)).toEqual({});
  });
});

describe('a snapshot that a proxy of another version has told', () => {
  const agent = agentStatus({ capabilities: ['disk', 'settings'] });
  const less = agentStatus({ capabilities: ['disk'] });
  const patchOf = (proxyVersion: string, stored: AgentStatus) =>
    reportOf(instance(undefined, { proxyVersion, agent: stored }), {
      nodeUid: undefined,
      proxyVersion: '1.0.0',
      agent,
      call: { kind: 'none' },
      acknowledged: undefined,
      problem: undefined,
    }).patch;

  it.each([
    ['is told again where that has left something out', '0.9.0', less, { agent }],
    ['is not told again where that has told the same', '0.9.0', agent, {}],
    ['is left as it is by the proxy that told it', '1.0.0', less, {}],
    ['is left where it is newer', '0.9.0', agentStatus({ revision: 9 }), {}],
  ])('%s', (_what, version, stored, written) => {
    const { proxyVersion: _, ...patch } = patchOf(version, stored);
    expect(patch).toEqual(written);
  });
});
