import { describe, expect, it } from '@jest/globals';
import { aNode, anInstance } from '../rollout/fleet.fixture.ts';
import { countVersions } from './versions.ts';

function withVersion(version: string, index: number, proxyVersion?: string) {
  const changes = { agent: { version }, ...(proxyVersion && { status: { proxyVersion } }) };
  const instance = anInstance(aNode(`n${String(index)}`), changes);
  return instance;
}

describe('the versions of a fleet', () => {
  it('are counted for each component', () => {
    const fleet = ['KubeOS 1', 'KubeOS 2', 'KubeOS 2'].map((version, index) =>
      withVersion(version, index, index === 0 ? '0.2.0' : undefined),
    );
    expect(countVersions(fleet)).toEqual([
      { component: 'system', version: 'KubeOS 2', nodes: 2 },
      { component: 'system', version: 'KubeOS 1', nodes: 1 },
      { component: 'agent', version: '0.1.0', nodes: 3 },
      { component: 'proxy', version: '0.2.0', nodes: 1 },
    ]);
  });

  it('of a node that has not reported are none', () => {
    const { agent: _agent, ...status } = anInstance(aNode('n')).status;
    expect(countVersions([{ ...anInstance(aNode('n')), status }])).toEqual([]);
  });

  it('stay few and short whatever the nodes report', () => {
    const fleet = Array.from({ length: 100 }, (_, index) =>
      withVersion(index < 2 ? 'KubeOS 1' : `${String(index)} ${'x'.repeat(500)}`, index),
    );
    const system = countVersions(fleet).filter(({ component }) => component === 'system');
    expect(system).toHaveLength(21);
    expect(system[0]).toMatchObject({ version: 'KubeOS 1', nodes: 2 });
    expect(system.at(-1)).toMatchObject({ version: 'other', nodes: 79 });
    for (const { version } of system) expect(version.length).toBeLessThanOrEqual(64);
  });
});
