// Tests that need the kernel, loop devices, real servers or the API server: one file at a time,
// because they share this machine's devices and ports.
import { shared } from './jest.config.mjs';

export default {
  ...shared,
  maxWorkers: 1,
  testTimeout: 120_000,
  // Stories that wait for one cluster side by side.
  maxConcurrency: 20,
  testMatch: ['**/*.int.test.{ts,mjs}'],
};
