import { isDeepStrictEqual } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { imageTree, type ImageKind } from './image-tree.ts';

const pathsOf = (kind: ImageKind): string[] => imageTree('KubeOS 1', kind).map(({ path }) => path);

describe('the files of an image', () => {
  it('tell the version', () => {
    const osRelease = imageTree('a "b" $c', 'good').find(
      ({ path }) => path === '/usr/lib/os-release',
    );
    expect(osRelease?.content).toContain('PRETTY_NAME="a \\"b\\" \\$c"\n');
  });

  it('are the same each time', () => {
    const [one, other] = [imageTree('KubeOS 1', 'good'), imageTree('KubeOS 1', 'good')];
    expect(isDeepStrictEqual(one, other)).toBe(true);
  });

  it.each([
    ['noInit', '/sbin/init'],
    ['noKernel', '/boot/vmlinuz'],
    ['noKubelet', '/usr/bin/kubelet'],
    ['noAgent', '/usr/bin/os-agent'],
  ] as const)('of kind %s lack %s', (kind, path) => {
    expect(pathsOf('good')).toContain(path);
    expect(pathsOf(kind)).not.toContain(path);
  });
});
