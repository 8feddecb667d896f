import { describe, expect, it } from '@jest/globals';
import type { OutcomeClass } from '../api/operation.ts';
import { retryPauseSeconds } from './backoff.ts';

describe('the pause before the next attempt', () => {
  it.each<[OutcomeClass, string, readonly number[]]>([
    ['transient', 'SourceUnreachable', [15, 30, 900]],
    ['interrupted', 'Interrupted', [60, 120, 3600]],
    // Protocol section 5: only a drain that took too long is paced by the hour.
    ['blocked', 'DrainTimeout', [300, 600, 3600]],
    ['blocked', 'ProxySilent', [30, 60, 300]],
    ['blocked', 'Held', [30, 60, 300]],
    ['bad', 'BootFailed', [0, 0, 0]],
  ])(
    'after %s, %s, grows from the first over the second to the last of %j',
    (outcome, reason, expected) => {
      const last = { class: outcome, reason };
      expect([1, 2, 20].map((attempts) => retryPauseSeconds(last, attempts))).toEqual(expected);
    },
  );
});
