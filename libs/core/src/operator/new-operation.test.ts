import { describe, expect, it } from '@jest/globals';
import type { OsSpec } from '../api/os.ts';
import {
  aConfigSpec,
  anOs,
  aRollbackSpec,
  aSet,
  aSlot,
  aSpec,
  digestOne,
  digestTwo,
  facts,
} from '../rollout/fleet.fixture.ts';
import type { SettingsSets } from '../rollout/wanted-settings.ts';
import { withNewOperation } from './new-operation.ts';

const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };

function specFor(
  spec: OsSpec,
  sets: { readonly held?: SettingsSets; readonly applied?: SettingsSets } = {},
): ReturnType<typeof withNewOperation> {
  const { node, instance } = facts(
    'a',
    {},
    {
      agent: { slots },
      ...(sets.held === undefined ? {} : { spec: sets.held }),
      ...(sets.applied === undefined ? {} : { status: sets.applied }),
    },
  );
  const key = { osUid: 'os-uid', type: spec.type, version: spec.version };
  const os = anOs({ spec });
  return withNewOperation({ os, spec, node, instance, seq: 1, target: key }, 'Drain');
}

describe('a new operation', () => {
  it.each([
    ['the image', aSpec(), { version: 'KubeOS 2', payloadDigest: digestTwo }],
    ['the other slot', aRollbackSpec(), { version: 'KubeOS 0', slot: 'B', slotDigest: digestOne }],
    ['the set of settings', aConfigSpec(), { version: 'KubeOS 1', settings: 's2' }],
  ] as const)('targets %s', (_what, spec, target) => {
    expect(specFor(spec).operation.target).toEqual(target);
  });

  it.each([
    ['upgrade', aSpec()],
    ['upgrade', aRollbackSpec()],
    ['config', aConfigSpec()],
  ] as const)('B-37: says %s in the words of upstream’s tools', (word, spec) => {
    expect(specFor(spec).nodestatus).toBe(word);
  });
});

describe('the sets of settings that a new operation brings along', () => {
  const lines = aSet('s2', {
    configs: [{ model: 'grub.cmdline.current' }, { model: 'grub.cmdline.next' }],
  });
  const swapped = aSet('s2', {
    configs: [{ model: 'grub.cmdline.next' }, { model: 'grub.cmdline.current' }],
  });
  const sets: SettingsSets = { sysconfigs: lines, upgradeconfigs: { ...lines, version: 'u2' } };

  it.each([
    ['upgrade', aSpec(sets)],
    ['rollback', aRollbackSpec(sets)],
  ] as const)('are swapped where they come after the switch of an %s', (_type, spec) => {
    expect(specFor(spec)).toMatchObject({
      sysconfigs: swapped,
      upgradeconfigs: { ...lines, version: 'u2' },
    });
  });

  it('B-16: are those of the admin for a config, which switches nothing', () => {
    const spec = specFor(aConfigSpec(sets));
    expect(spec.sysconfigs).toEqual(lines);
    expect(spec).not.toHaveProperty('upgradeconfigs');
  });

  it('are those that were applied, where the object brings no new ones', () => {
    const applied = { sysconfigs: aSet('s2'), upgradeconfigs: aSet('u1') };
    const held = { sysconfigs: aSet('failed'), upgradeconfigs: aSet('failed') };
    expect(specFor(aSpec(sets), { held, applied })).toMatchObject({
      sysconfigs: aSet('s2'),
      upgradeconfigs: { version: 'u2' },
    });
    expect(specFor(aSpec(), { held, applied })).toMatchObject(applied);
  });

  it('are none, where none were applied and none are wanted', () => {
    const held = { sysconfigs: aSet('failed'), upgradeconfigs: aSet('failed') };
    const spec = specFor(aSpec(), { held });
    expect(spec).not.toHaveProperty('sysconfigs');
    expect(spec).not.toHaveProperty('upgradeconfigs');
  });

  it('B-52: keep order and doubles', () => {
    const contents = ['b', 'a', 'b'].map((key) => ({ key, value: 'x' }));
    const sysconfigs = aSet('s2', { configs: [{ model: 'kernel.sysctl', contents }] });
    expect(specFor(aSpec({ sysconfigs })).sysconfigs).toEqual(sysconfigs);
  });
});
