import { hasCode } from '@kubeos/core';

/** The failures in what was thrown, in their order. That the user ended the demo is none. */
export function failuresOf(thrown: unknown): readonly unknown[] {
  // Several endings can fail; the one that was thrown last holds those before it.
  if (thrown instanceof SuppressedError) {
    return [...failuresOf(thrown.suppressed), ...failuresOf(thrown.error)];
  }
  return hasCode(thrown, 'CANCELLED') ? [] : [thrown];
}
