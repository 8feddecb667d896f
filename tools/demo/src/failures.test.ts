import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';

import { failuresOf } from './failures.ts';

const ended = new KubeosError('CANCELLED', 'Ended by SIGINT');
const umount = new KubeosError('COMMAND_FAILED', 'umount exited with 32');
const detach = new KubeosError('COMMAND_FAILED', 'losetup exited with 1');

describe('the failures in what was thrown', () => {
  it.each([
    ['are none when the user ended the demo', ended, []],
    ['are the failure of a clean-up', umount, [umount]],
    ['are those of all clean-ups', new SuppressedError(detach, umount), [umount, detach]],
    [
      'are the clean-up alone after the user ended it',
      new SuppressedError(umount, ended),
      [umount],
    ],
  ])('%s', (_title, thrown, failures) => {
    expect(failuresOf(thrown)).toEqual(failures);
  });
});
