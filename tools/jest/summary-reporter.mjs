// Prints `N passed, N failed` as the last line. With KUBEOS_JEST_COUNTS set to a file, the counts
// are written there instead, for the runner that adds up several stages.
import { writeFileSync, writeSync } from 'node:fs';

export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const countsFile = process.env.KUBEOS_JEST_COUNTS;
    if (countsFile) {
      writeFileSync(countsFile, JSON.stringify({ passed, failed }));
      return;
    }
    // Jest's own reporters still write after this hook; only the exit hook comes last.
    process.once('exit', () => writeSync(1, `${passed} passed, ${failed} failed\n`));
  }
}
