import { expect, it } from '@jest/globals';
import type { LogFields } from '../ports/log.ts';
import { aNode, anInstance, anOs } from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn, passOver } from './memory-cluster.fixture.ts';

it('names node, object and operation in every line about an operation, from its beginning on', async () => {
  const lines: (readonly [string, LogFields])[] = [];
  const cluster = new MemoryCluster();
  cluster.osByUid.set('os-uid', anOs());
  cluster.add(aNode('a'), anInstance(aNode('a')));
  const operator = operatorOn(cluster, (fields, message) => lines.push([message, fields]));

  await passOver(operator, cluster);
  cluster.nowMs = 121_000;
  await passOver(operator, cluster);

  expect(lines.map(([message]) => message).slice(0, 2)).toEqual([
    'Beginning an operation',
    'Working on node',
  ]);
  for (const [, fields] of lines) {
    expect(fields).toMatchObject({
      ...{ node: 'a', os: 'default/os', seq: 1, phase: expect.any(String) },
      operation: 'os-uid/uid-a/1',
    });
  }
});
