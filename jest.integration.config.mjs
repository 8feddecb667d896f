// Tests that need the kernel, loop devices, real servers or the API server. Two files at a time: most of them wait for
// something. Each looks for what it left only where it works itself.
import { shared } from './jest.config.mjs';

export default {
  ...shared,
  maxWorkers: 2,
  testSequencer: '<rootDir>/tools/jest/integration-sequencer.mjs',
  // What hangs ends; what is slow on a machine that boots two others does not.
  testTimeout: 300_000,
  // Stories that wait for one cluster side by side.
  maxConcurrency: 20,
  testMatch: ['**/*.int.test.{ts,mjs}'],
};
