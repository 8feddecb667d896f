import { describe, expect, it } from '@jest/globals';

import { BuildProgress } from './build-progress.ts';

describe('BuildProgress', () => {
  it('counts downloads and packages, also when a line comes in pieces', () => {
    const lines: string[] = [];
    const progress = new BuildProgress('etcd', (line) => lines.push(line));
    progress.add('go: downloading example.test/a v1.0.0\ngo: downl');
    progress.add('oading example.test/b v1.0.0\nexample.test/a/x\ninternal/abi\n# a remark\n');
    progress.finish();
    progress.stop();
    expect(lines[0]).toContain('Building etcd');
    expect(lines.at(-1)).toMatch(/^Built etcd: 2 modules downloaded, 2 packages compiled, \d+ s$/);
  });
});
