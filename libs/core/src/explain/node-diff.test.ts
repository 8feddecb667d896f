import { describe, expect, it } from '@jest/globals';
import { done } from '../rollout/fleet-nodes.fixture.ts';
import {
  aConfigSpec,
  anOs,
  aSet,
  aSlot,
  aSpec,
  digestOne,
  digestTwo,
  facts,
} from '../rollout/fleet.fixture.ts';
import type { OsSpec } from '../api/os.ts';
import type { NodeFacts } from '../rollout/standing.ts';
import { groupDiffs, isAsWanted, nodeDiffs, type NodeDiff } from './node-diff.ts';
import { observed } from './observed.fixture.ts';

function diffsOf(nodes: readonly NodeFacts[], spec: OsSpec = aSpec()): readonly NodeDiff[] {
  return nodeDiffs(observed(nodes), anOs({ spec }));
}

const entries = (...contents: readonly object[]) => [{ model: 'kernel.sysctl', contents }];

describe('the differences of a node', () => {
  it('are none when it is as wanted', () => {
    const diffs = diffsOf([done('a')]);
    expect(diffs).toEqual([{ node: 'a', settings: [] }]);
    expect(diffs.every(isAsWanted)).toBe(true);
  });

  it('are its version, also when nobody knows that', () => {
    const [known, unknown] = diffsOf([facts('a'), { ...facts('b'), instance: undefined }]);
    expect(known?.version).toEqual({ from: 'KubeOS 1', to: 'KubeOS 2' });
    expect(unknown?.version).toEqual({ to: 'KubeOS 2' });
    expect([known, unknown].some((diff) => diff !== undefined && isAsWanted(diff))).toBe(false);
  });

  it('are its image when it runs the version from another one', () => {
    const A = aSlot('good', 'KubeOS 2', { payloadDigest: digestOne });
    const slots = { A, B: aSlot('good', 'KubeOS 1') };
    const [diff] = diffsOf([facts('a', {}, { agent: { version: 'KubeOS 2', slots } })]);
    expect(diff?.digest).toEqual({ from: digestOne, to: digestTwo });
  });

  it('are its settings, key by key', () => {
    const applied = aSet('s1', {
      configs: entries(
        { key: 'same', value: '1' },
        { key: 'other', value: '1' },
        { key: 'kept', value: 1 },
      ),
    });
    const wanted = aSet('s2', {
      configs: [
        ...entries(
          { key: 'same', value: '1' },
          { key: 'other', value: '2' },
          { key: 'new', value: true },
          { key: 'gone', operation: 'delete' },
        ),
        {
          model: 'pam.limits',
          configpath: '/etc/security/limits.d/x.conf',
          contents: [{ key: 'k', value: 'v' }],
        },
      ],
    });
    const node = facts('a', {}, { status: { sysconfigs: applied } });
    const [diff] = diffsOf([node], aConfigSpec({ sysconfigs: wanted }));
    expect(diff?.settings).toEqual([
      { model: 'kernel.sysctl', key: 'other', from: '1', to: '2' },
      { model: 'kernel.sysctl', key: 'new', to: 'true' },
      { model: 'kernel.sysctl', key: 'gone' },
      { model: 'pam.limits', path: '/etc/security/limits.d/x.conf', key: 'k', to: 'v' },
    ]);
  });

  it('tell of a key that goes', () => {
    const applied = aSet('s1', { configs: entries({ key: 'a', value: '1' }) });
    const wanted = aSet('s2', { configs: entries({ key: 'a', operation: 'delete' }) });
    const node = facts('a', {}, { status: { sysconfigs: applied } });
    const [diff] = diffsOf([node], aConfigSpec({ sysconfigs: wanted }));
    expect(diff?.settings).toEqual([{ model: 'kernel.sysctl', key: 'a', from: '1' }]);
  });

  it('are told of both sets of an upgrade, the kernel line as it is after the switch', () => {
    const line = (model: string) => [{ model, contents: [{ key: 'quiet', value: '' }] }];
    const spec = aSpec({
      upgradeconfigs: aSet('u1'),
      sysconfigs: aSet('s1', { configs: line('grub.cmdline.next') }),
    });
    const [diff] = diffsOf([facts('a')], spec);
    expect(diff?.settings.map(({ model }) => model)).toEqual([
      'kernel.sysctl',
      'grub.cmdline.current',
    ]);
  });

  it('say when nothing will bring the content of a set', () => {
    const applied = aSet('s1', { configs: entries({ key: 'a', value: '1' }) });
    const wanted = aSet('s1', { configs: entries({ key: 'a', value: '2' }) });
    const node = facts('a', {}, { status: { sysconfigs: applied } });
    const [diff] = diffsOf([node], aConfigSpec({ sysconfigs: wanted }));
    expect(diff).toMatchObject({
      settings: [],
      settingsFault: expect.stringContaining('same version text'),
    });
  });

  it('are none of an object that is not valid', () => {
    const { spec: _spec, ...invalid } = anOs();
    expect(nodeDiffs(observed([facts('a')]), invalid)).toEqual([]);
  });

  it('are put together where they are the same', () => {
    const groups = groupDiffs(diffsOf([facts('a'), done('b'), facts('c')]));
    expect(groups.map(({ nodes }) => nodes)).toEqual([['a', 'c'], ['b']]);
  });
});
