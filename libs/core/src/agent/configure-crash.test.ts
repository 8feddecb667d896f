import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { KubeosError } from '../errors/index.ts';
import { codeOf, kubelet, limits, maxPods, request, restarting } from './configure.fixture.ts';
import { MemoryNode, nodeWithV2, prepareV2 } from './memory-node.fixture.ts';

describe('B-40: a power cut at any write', () => {
  it('leaves the old settings or the new ones, and the call can be made again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.constantFrom([limits, maxPods], [limits, restarting]),
        async (cut, configs) => {
          const node = new MemoryNode();
          const old = new Map(node.settings.files);
          node.cutAfter = node.writes.length + cut;
          await codeOf(node.agent().configure(request(configs)));
          node.startIn('A', 'good');
          await node.agent().start();
          const isOld = [...old].every(([path, text]) => node.settings.files.get(path) === text);
          const isNew =
            node.settings.files.get(kubelet) === 'maxPods: 200\n' &&
            node.settings.files.get('/etc/security/limits.conf')?.includes('alice') === true;
          expect([isOld, isNew]).toContain(true);
        },
      ),
    );
  });

  it('does not keep slots from working', async () => {
    const whole = nodeWithV2();
    await whole.agent().configure(request([limits, maxPods]));
    const node = nodeWithV2();
    // The change is decided, and no file is written yet.
    node.cutAfter = whole.writes.indexOf('settings state') + 1;
    await codeOf(node.agent().configure(request([limits, maxPods])));
    node.startIn('A', 'good');
    node.settings.readFault = new KubeosError('STORAGE_FAILED', 'the disk is broken');
    await prepareV2(node, 2);
    expect(node.status.warnings).toMatchObject([{ reason: 'SettingsStuck' }]);
    node.settings.readFault = undefined;
    await node.agent().start();
    expect(node.status.warnings).toEqual([]);
  });
});
