import { setTimeout as delay } from 'node:timers/promises';

import { KubeosError } from '@kubeos/core';

/** How long to wait. */
export interface UntilOptions {
  readonly signal: AbortSignal;
  /** Default 60. */
  readonly seconds?: number;
  /** Default 50. */
  readonly pollMs?: number;
}

/** Waits until something is so. Throws `COMMAND_TIMEOUT` naming what was waited for, and the signal's reason. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  { signal, seconds = 60, pollMs = 50 }: UntilOptions,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    signal.throwIfAborted();
    if (performance.now() > deadline) {
      throw new KubeosError('COMMAND_TIMEOUT', `Waited ${seconds} s in vain until ${what}`);
    }
    await delay(pollMs, undefined, { signal });
  }
}
