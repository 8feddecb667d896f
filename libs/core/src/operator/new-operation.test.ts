import { describe, expect, it } from '@jest/globals';
import type { OsSpec } from '../api/os.ts';
import {
  anOs,
  aRollbackSpec,
  aSlot,
  aSpec,
  digestOne,
  digestTwo,
  facts,
} from '../rollout/fleet.fixture.ts';
import { withNewOperation } from './new-operation.ts';

const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };

function specFor(spec: OsSpec): ReturnType<typeof withNewOperation> {
  const { node, instance } = facts('a', {}, { agent: { slots } });
  const key = { osUid: 'os-uid', type: spec.type, version: spec.version };
  const os = anOs({ spec });
  return withNewOperation({ os, spec, node, instance, seq: 1, target: key }, 'Drain');
}

describe('a new operation', () => {
  it.each([
    ['the image', aSpec(), { version: 'KubeOS 2', payloadDigest: digestTwo }],
    ['the other slot', aRollbackSpec(), { version: 'KubeOS 0', slot: 'B', slotDigest: digestOne }],
    [
      'no slot',
      aSpec({ type: 'config', version: 'KubeOS 1', sysconfigs: { configs: [{}] } }),
      { version: 'KubeOS 1' },
    ],
  ] as const)('targets %s', (_what, spec, target) => {
    expect(specFor(spec).operation.target).toEqual(target);
  });

  it.each([
    ['upgrade', aSpec()],
    ['upgrade', aRollbackSpec()],
    ['config', aSpec({ type: 'config', sysconfigs: { configs: [{}] } })],
  ] as const)('B-37: says %s in the words of upstream’s tools', (word, spec) => {
    expect(specFor(spec).nodestatus).toBe(word);
  });
});
