import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import SummaryReporter from './summary-reporter.mjs';

describe('the counts of a run', () => {
  const before = process.env.KUBEOS_JEST_COUNTS;
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubeos-counts-'));
    process.env.KUBEOS_JEST_COUNTS = join(folder, 'counts.json');
  });
  afterEach(() => {
    if (before === undefined) delete process.env.KUBEOS_JEST_COUNTS;
    else process.env.KUBEOS_JEST_COUNTS = before;
    rmSync(folder, { recursive: true });
  });

  const none = { numPassedTests: 9, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  const all = { ...none, numPendingTests: 0, numTodoTests: 0 };

  it.each([
    ['are those of jest', {}, {}, 0, false],
    [
      'hold failed tests and files',
      { numFailedTests: 2, numRuntimeErrorTestSuites: 1 },
      {},
      3,
      false,
    ],
    ['hold skipped tests as failed', { numPendingTests: 4 }, {}, 4, true],
    ['hold tests to be written as failed', { numTodoTests: 1 }, {}, 1, true],
    [
      'leave out what was not asked for',
      { numPendingTests: 4 },
      { testNamePattern: 'a' },
      0,
      false,
    ],
  ])('%s', (_title, results, config, failed, isError) => {
    const reporter = new SummaryReporter(config);
    reporter.onRunComplete(new Set(), { ...all, ...results });
    const counts = JSON.parse(readFileSync(process.env.KUBEOS_JEST_COUNTS, 'utf8'));
    expect(counts).toEqual({ passed: 9, failed });
    expect(reporter.getLastError() !== undefined).toBe(isError);
  });
});
