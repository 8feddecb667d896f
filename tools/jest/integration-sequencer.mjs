// The order of the integration tests: on two workers the longest file decides when all is over.
import Sequencer from '@jest/test-sequencer';

/** Nodes that boot over and over, and mostly wait for it: begun first, beside everything that uses no machine. */
const longest = '/e2e/qemu/src/failures.int.test.ts';
/** Machines that need all the processors there are: begun when little else is left. */
const clusters = '/e2e/cluster/';
/** The other tests that boot machines: two such files at once would only slow each other down. */
const machines = '/e2e/qemu/';

/** Where a test file comes: the smaller, the sooner. */
export function rankOf(path) {
  if (path.endsWith(longest)) return 0;
  if (path.includes(clusters)) return 2;
  return path.includes(machines) ? 3 : 1;
}

export default class IntegrationSequencer extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rankOf(a.path) - rankOf(b.path));
  }
}
