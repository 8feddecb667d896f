// Unit and property tests. Tests that need the kernel or real servers: jest.integration.config.mjs.
export const shared = {
  rootDir: import.meta.dirname,
  // Not among the temporary files: those of a stage go with it.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  transform: { '\\.ts$': '<rootDir>/tools/jest/strip-types.mjs' },
  testEnvironmentOptions: { customExportConditions: ['@kubeos/source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/(dist|out-tsc)/'],
  reporters: ['default', '<rootDir>/tools/jest/summary-reporter.mjs'],
};

export default {
  ...shared,
  maxWorkers: 2,
  // What hangs ends; a machine that is busy takes its time.
  testTimeout: 30_000,
  testMatch: ['**/*.test.{ts,mjs}'],
  testPathIgnorePatterns: ['/node_modules/', '\\.int\\.test\\.(ts|mjs)$'],
  // With `--coverage`, as the stage has it: every line of the core but the ends of switches that no value reaches.
  collectCoverageFrom: ['libs/core/src/**/*.ts', '!**/*.{test,fixture}.ts'],
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { lines: 99, branches: 96 } },
};
