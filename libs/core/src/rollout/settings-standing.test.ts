import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { settingNoteLimit, type SettingsStatus } from '../api/agent-status.ts';
import type { Condition } from '../conditions/condition.ts';
import type { SettingsSet } from '../api/os-instance.ts';
import type { OsSpec } from '../api/os.ts';
import { aConfigSpec, anOs, aRollbackSpec, aSet, aSlot, aSpec, facts } from './fleet.fixture.ts';
import { lookAt } from './fleet-nodes.fixture.ts';
import type { NodeFacts } from './standing.ts';

const none = { total: 0, first: [] };
const note = (key: string) => ({ model: 'kernel.sysctl', key, message: 'there is none' });
const settings = (changes: Partial<SettingsStatus> = {}): SettingsStatus => ({
  refused: none,
  drift: none,
  pendingRestarts: [],
  rebootPending: false,
  ...changes,
});
/** A node that runs KubeOS 1 and holds this set. */
const holds = (
  sysconfigs: SettingsSet | undefined,
  about: Partial<SettingsStatus> = {},
  name = 'a',
): NodeFacts =>
  facts(
    name,
    {},
    {
      agent: { capabilities: ['settings'], settings: settings(about) },
      ...(sysconfigs === undefined ? {} : { status: { sysconfigs } }),
    },
  );
const lines: SettingsSet = {
  version: 's2',
  configs: [
    { model: 'grub.cmdline.current', contents: [{ key: 'a' }] },
    { model: 'grub.cmdline.next', contents: [{ key: 'b' }] },
  ],
};
const swapped: SettingsSet = {
  version: 's2',
  configs: [
    { model: 'grub.cmdline.next', contents: [{ key: 'a' }] },
    { model: 'grub.cmdline.current', contents: [{ key: 'b' }] },
  ],
};
/** An upgrade to what the nodes run. */
const done = (changes: Partial<OsSpec>): OsSpec => aSpec({ version: 'KubeOS 1', ...changes });

function condition(
  type: string,
  spec: OsSpec,
  nodes: readonly NodeFacts[],
): Partial<Condition> | undefined {
  return lookAt(anOs({ spec }), nodes).report.conditions.find((one) => one.type === type);
}

describe('condition SettingsApplied', () => {
  it.each<[string, OsSpec, readonly NodeFacts[], string, string]>([
    ['every node has the set', aConfigSpec(), [holds(aSet('s2'))], 'True', 'Applied'],
    ['a node has another set', aConfigSpec(), [holds(aSet('s1'))], 'False', 'Pending'],
    ['a node has none', aConfigSpec(), [holds(undefined)], 'False', 'Pending'],
    [
      'a node has another content under the same name',
      aConfigSpec(),
      [holds(aSet('s2', { configs: [{ model: 'pam.limits' }] }))],
      'False',
      'ContentDiffers',
    ],
    [
      'a node has another policy for drift under the same name',
      aConfigSpec(),
      [holds(aSet('s2', { drift: 'heal' }))],
      'False',
      'ContentDiffers',
    ],
    ['a node knows the name alone', aConfigSpec(), [holds({ version: 's2' })], 'True', 'Applied'],
    [
      'the set has no name, so that nothing ever applies it',
      aConfigSpec({ sysconfigs: { configs: lines.configs ?? [] } }),
      [holds(undefined)],
      'False',
      'ContentDiffers',
    ],
    [
      'the lines of the kernel were swapped with the slots',
      done({ sysconfigs: lines }),
      [holds(swapped)],
      'True',
      'Applied',
    ],
    [
      'an upgrade is through, and the set is newer',
      done({ sysconfigs: aSet('s2') }),
      [holds(aSet('s1'))],
      'False',
      'ContentDiffers',
    ],
    [
      'an upgrade will bring it',
      aSpec({ sysconfigs: aSet('s2') }),
      [holds(undefined)],
      'False',
      'Pending',
    ],
    [
      'the next upgrade will bring what belongs before it',
      done({ upgradeconfigs: aSet('u2') }),
      [holds(undefined)],
      'False',
      'Pending',
    ],
    [
      'a node was found to have another value',
      aConfigSpec(),
      [holds(aSet('s2'), { drift: { total: 1, first: [note('k')] } })],
      'False',
      'Drifted',
    ],
    [
      'B-31: a node refused a setting',
      aConfigSpec(),
      [holds(aSet('s2'), { refused: { total: 1, first: [note('k')] } })],
      'False',
      'KeysRefused',
    ],
  ])('when %s', (_name, spec, nodes, status, reason) => {
    expect(condition('SettingsApplied', spec, nodes)).toMatchObject({ status, reason });
  });

  it('says how many nodes there are of the worst kind, and what holds for the first', () => {
    const refused = { refused: { total: 3, first: [note('k'), note('l')] } };
    const nodes = [
      holds(aSet('s1'), {}, 'a'),
      holds(aSet('s2'), refused, 'b'),
      holds(aSet('s2'), { drift: { total: 1, first: [note('d')] } }, 'c'),
      holds(aSet('s1'), refused, 'd'),
    ];
    expect(condition('SettingsApplied', aConfigSpec(), nodes)).toMatchObject({
      reason: 'KeysRefused',
      message: '2 node(s), b first: kernel.sysctl k: there is none and 2 more',
    });
  });

  it('does not need the notes to say that there are some', () => {
    const nodes = [holds(aSet('s2'), { refused: { total: 2, first: [] } })];
    expect(condition('SettingsApplied', aConfigSpec(), nodes)?.message).toContain('2 setting(s)');
  });

  it.each([
    ['carries no settings', aSpec()],
    ['carries an empty set', aSpec({ sysconfigs: { version: 's', configs: [] } })],
    [
      'is a configuration of the old system only',
      aConfigSpec({ sysconfigs: {}, upgradeconfigs: aSet('u') }),
    ],
  ])('is absent where the object %s', (_name, spec) => {
    expect(condition('SettingsApplied', spec, [holds(aSet('s2'))])).toBe(undefined);
    expect(condition('SettingsWarning', spec, [holds(aSet('s2'))])).toBe(undefined);
  });

  it('counts selected nodes only', () => {
    const os = anOs({ spec: aConfigSpec(), selector: { kind: 'value', value: 'none' } });
    const { conditions } = lookAt(os, [holds(aSet('s1'))]).report;
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'SettingsApplied', reason: 'Applied' }),
    );
  });

  it('looks at rollbacks as at upgrades', () => {
    const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };
    const spec = aRollbackSpec({ sysconfigs: aSet('s2') });
    const node = facts('a', {}, { agent: { slots, capabilities: ['settings', 'rollback'] } });
    expect(condition('SettingsApplied', spec, [node])?.reason).toBe('Pending');
  });
});

describe('condition SettingsWarning', () => {
  const warnings = [{ path: 'spec.sysconfigs.configs[0].model', message: 'is read as another' }];

  it('names what should be mended', () => {
    const { conditions } = lookAt(anOs({ spec: aConfigSpec(), warnings }), []).report;
    expect(conditions.find(({ type }) => type === 'SettingsWarning')).toMatchObject({
      status: 'True',
      message: 'spec.sysconfigs.configs[0].model: is read as another',
    });
    expect(condition('SettingsWarning', aConfigSpec(), [])?.status).toBe('False');
  });

  it('is there although the object is not valid', () => {
    const { spec: _spec, ...invalid } = anOs({ warnings, problems: warnings });
    const types = lookAt(invalid, []).report.conditions.map(({ type }) => type);
    expect(types).toContain('SettingsWarning');
    expect(types).not.toContain('SettingsApplied');
  });
});

describe('the report of whatever words about settings', () => {
  it('stays as short as every other', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 700 });
    const notes = fc
      .array(fc.record({ model: text, key: text, message: text }), { maxLength: settingNoteLimit })
      .chain((first) => fc.nat().map((more) => ({ total: first.length + more, first })));
    const warned = fc.array(fc.record({ path: text, message: text }), { maxLength: 20 });
    fc.assert(
      fc.property(notes, notes, warned, (refused, drift, warnings) => {
        const nodes = [holds(aSet('s2'), { refused, drift })];
        const { conditions } = lookAt(anOs({ spec: aConfigSpec(), warnings }), nodes).report;
        for (const { message } of conditions) {
          expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(512);
        }
      }),
    );
  });
});
