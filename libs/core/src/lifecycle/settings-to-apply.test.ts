import { describe, expect, it } from '@jest/globals';
import type { OperationType, Phase } from '../api/operation.ts';
import type { SettingsSet } from '../api/os-instance.ts';
import { instance, operation } from '../proxy/proxy.fixture.ts';
import { settingsToApply } from './settings-to-apply.ts';

const set = (version?: string): SettingsSet => ({
  ...(version === undefined ? {} : { version }),
  configs: [{ model: 'kernel.sysctl' }],
});

interface Sets {
  readonly sysconfigs?: SettingsSet;
  readonly upgradeconfigs?: SettingsSet;
}

function chosen(type: OperationType, phase: Phase, wanted: Sets, applied: Sets): unknown {
  return settingsToApply(instance(operation({ type }), applied, '1', wanted), phase);
}

describe('the settings that a phase applies', () => {
  const both = { sysconfigs: set('after-2'), upgradeconfigs: set('before-2') };

  it.each([
    ['upgrade', 'Prepare', undefined],
    ['upgrade', 'Before', both.upgradeconfigs],
    ['upgrade', 'Activate', undefined],
    ['upgrade', 'After', both.sysconfigs],
    ['upgrade', 'Confirm', undefined],
    ['upgrade', 'Cancel', undefined],
    ['rollback', 'Before', both.upgradeconfigs],
    ['rollback', 'After', both.sysconfigs],
    ['config', 'Prepare', both.sysconfigs],
    ['config', 'Before', undefined],
    ['config', 'After', both.sysconfigs],
    ['config', 'Confirm', undefined],
  ] as const)('of an operation of type %s in %s', (type, phase, expected) => {
    expect(chosen(type, phase, both, {})).toBe(expected);
  });

  it.each([
    ['another version', set('2'), set('1'), true],
    ['the same version', set('2'), set('2'), false],
    ['a version after none', set('2'), set(), true],
    ['no version after one', set(), set('1'), true],
    ['no version after none', set(), set(), false],
  ])('of an upgrade with %s', (_what, wanted, applied, isApplied) => {
    const expected = isApplied ? wanted : undefined;

    expect(chosen('upgrade', 'After', { sysconfigs: wanted }, { sysconfigs: applied })).toBe(
      expected,
    );
    expect(
      chosen('upgrade', 'Before', { upgradeconfigs: wanted }, { upgradeconfigs: applied }),
    ).toBe(expected);
  });

  it('are none when the set is gone', () => {
    expect(chosen('upgrade', 'After', {}, { sysconfigs: set('1') })).toBeUndefined();
  });

  it('of a config stay the same once they are applied: the record of the agent tells that', () => {
    const applied = { sysconfigs: both.sysconfigs };

    expect(chosen('config', 'After', both, applied)).toBe(both.sysconfigs);
  });

  it('are none without an operation', () => {
    expect(settingsToApply(instance(undefined, {}, '1', both), 'After')).toBeUndefined();
  });
});
