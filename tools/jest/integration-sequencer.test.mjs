import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rankOf } from './integration-sequencer.mjs';

it('begins with what takes longest, and ends with the other machines', () => {
  const workspace = join(import.meta.dirname, '../..');
  const ordered = [
    'e2e/qemu/src/failures',
    'e2e/apiserver/src/crds',
    'e2e/cluster/src/story',
    'e2e/qemu/src/upgrade',
  ].map((name) => join(workspace, `${name}.int.test.ts`));
  expect(ordered.map(rankOf)).toEqual([0, 1, 2, 3]);
  // A file that was renamed would lose its place in silence.
  expect(ordered.filter((path) => !existsSync(path))).toEqual([]);
});
