// Tests that need the kernel, loop devices, real servers or the API server: one file at a time,
// because they share this machine's devices and ports.
import { shared } from './jest.config.mjs';

export default {
  ...shared,
  maxWorkers: 1,
  testTimeout: 120_000,
  testMatch: ['**/*.int.test.{ts,mjs}'],
};
