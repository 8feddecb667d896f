import { describe, expect, it } from '@jest/globals';
import { signalExitCode } from './signal-exit-code.ts';

describe('signalExitCode', () => {
  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['enough', 143],
    [undefined, 143],
  ])('tells %p as %d', (signal, code) => {
    expect(signalExitCode(signal)).toBe(code);
  });
});
