// Prints `N passed, N failed` as the last line. With KUBEOS_JEST_COUNTS set to a file, the counts
// are written there instead, for the runner that adds up several stages.
//
// A test that did not run counts as failed, unless a name was asked for (`-t`).
import { writeFileSync, writeSync } from 'node:fs';

export default class SummaryReporter {
  #namesAsked;
  #leftOut = 0;

  constructor(globalConfig) {
    this.#namesAsked = Boolean(globalConfig.testNamePattern);
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = results;
    this.#leftOut = this.#namesAsked ? 0 : results.numPendingTests + results.numTodoTests;
    const passed = numPassedTests;
    const failed = numFailedTests + numRuntimeErrorTestSuites + this.#leftOut;
    const countsFile = process.env.KUBEOS_JEST_COUNTS;
    if (countsFile) {
      writeFileSync(countsFile, JSON.stringify({ passed, failed }));
      return;
    }
    // Jest's own reporters still write after this hook; only the exit hook comes last.
    process.once('exit', () => writeSync(1, `${passed} passed, ${failed} failed\n`));
  }

  /** Makes jest end with an error. */
  getLastError() {
    if (this.#leftOut > 0) return new Error(`${this.#leftOut} tests did not run`);
    return undefined;
  }
}
