import { describe, expect, it } from '@jest/globals';
import type { AgentStatus, SettingNotes, SlotStatus } from '../api/agent-status.ts';
import type { Condition } from '../conditions/index.ts';
import { conditionsOf } from './conditions.ts';
import { agentStatus, instance, operation, record, settingsStatus } from './proxy.fixture.ts';

const now = { wallMs: 1_700_000_000_000, monotonicMs: 0 };
const wanted = { upgradeconfigs: { version: 'b-1' }, sysconfigs: { version: 'a-1' } };
const notes = (total: number): SettingNotes => ({
  total,
  first: Array.from({ length: Math.min(total, 10) }, (_, index) => ({
    model: 'kernel.sysctl',
    key: `net.key${String(index)}`,
    message: 'there is no such parameter',
  })),
});

function condition(
  type: string,
  agent: AgentStatus | undefined,
  sets: Parameters<typeof instance>[3] = {},
): Condition | undefined {
  const all = conditionsOf(instance(undefined, {}, '1', sets), agent, undefined, now);
  return all?.find((one) => one.type === type);
}

const both = { before: 'b-1', after: 'a-1' };

describe('the conditions of the slots', () => {
  const wants = operation({ target: { version: 'KubeOS 2' } });
  const slots = (a: SlotStatus, b: SlotStatus, version = 'KubeOS 1'): AgentStatus =>
    agentStatus({ version, slots: { A: a, B: b } });
  const old: SlotStatus = { state: 'good', version: 'KubeOS 1' };
  const next = (state: SlotStatus['state']): SlotStatus => ({ state, version: 'KubeOS 2' });

  it.each([
    ['an empty slot', slots(old, { state: 'empty' }), 'OtherVersion', 'SlotEmpty'],
    ['a slot that failed', slots(old, next('failed')), 'OtherVersion', 'SlotFailed'],
    [
      'a slot of another version',
      slots(old, { state: 'ready', version: 'KubeOS 0' }),
      'OtherVersion',
      'OtherVersion',
    ],
    ['a slot that is ready', slots(old, next('ready')), 'OtherVersion', 'SlotReady'],
    ['a trial', slots(next('trial'), old, 'KubeOS 2'), 'NotConfirmed', 'OtherVersion'],
    ['the wanted version', slots(next('good'), old, 'KubeOS 2'), 'Confirmed', 'OtherVersion'],
  ])('tell of %s', (_what, agent, upToDate, prepared) => {
    const told = conditionsOf(instance(wants), agent, undefined, now) ?? [];
    const reasonOf = (type: string) => told.find((one) => one.type === type)?.reason;

    expect([reasonOf('UpToDate'), reasonOf('Prepared')]).toEqual([upToDate, prepared]);
  });
});

describe('the condition ConfigApplied', () => {
  it.each([
    ['no status', undefined, {}, 'Unknown', 'NoAgentStatus', /./],
    ['an agent without settings', agentStatus(), wanted, 'Unknown', 'NotReported', /./],
    ['no settings', told({}), {}, 'True', 'NoSettings', /./],
    ['both sets', told(both), wanted, 'True', 'Applied', /"b-1" of upgradeconfigs, .*"a-1" of sys/],
    ['sets that nobody asks for any more', told(both), {}, 'True', 'Applied', /"a-1"/],
    ['one set not yet', told({ before: 'b-1' }), wanted, 'False', 'Pending', /"a-1" of sysconfigs/],
    ['another set', told({ ...both, after: 'a-0' }), wanted, 'False', 'Pending', /"a-1" of sysc/],
    [
      'refused settings',
      told({ ...both, refused: notes(12), drift: notes(1) }),
      wanted,
      'False',
      'KeysRefused',
      /^12 setting\(s\) refused: (kernel\.sysctl net\.key\d: there is no such parameter(; )?){3}$/,
    ],
    [
      'drift',
      told({ ...both, drift: notes(1) }),
      wanted,
      'False',
      'Drifted',
      /^1 setting\(s\) found otherwise: kernel\.sysctl net\.key0: there is no such parameter$/,
    ],
  ])('with %s', (_what, agent, sets, status, reason, message) => {
    const found = condition('ConfigApplied', agent, sets);

    expect(found).toMatchObject({ status, reason });
    expect(found?.message).toMatch(message);
  });

  it('stays short whatever the keys are', () => {
    const [note] = notes(1).first;
    const first = [{ model: 'pam.limits', message: '', ...note, key: 'k'.repeat(100_000) }];
    const agent = told({ ...both, refused: { total: 1, first } });

    expect(condition('ConfigApplied', agent)?.message.length).toBeLessThan(1000);
  });
});

describe('the condition RebootPending', () => {
  const armed = record(operation(), { result: 'Armed' });
  const pendingRestarts = ['kubelet.service', 'containerd.service'];

  it.each([
    ['nothing', agentStatus(), 'False', 'NotArmed'],
    ['settings that are in force', told(both), 'False', 'NotArmed'],
    ['an armed slot', agentStatus({ operation: armed }), 'True', 'Armed'],
    ['settings', told({ rebootPending: true, pendingRestarts }), 'True', 'SettingsPending'],
    ['programs', told({ pendingRestarts }), 'True', 'RestartPending'],
  ])('with %s', (_what, agent, status, reason) => {
    expect(condition('RebootPending', agent)).toMatchObject({ status, reason });
  });

  it('names the programs', () => {
    const { message } = condition('RebootPending', told({ pendingRestarts })) ?? {};

    expect(message).toMatch(/: kubelet\.service, containerd\.service$/);
  });
});

function told(settings: Parameters<typeof settingsStatus>[0]): AgentStatus {
  return agentStatus({ settings: settingsStatus(settings) });
}
