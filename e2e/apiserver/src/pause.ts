import { setTimeout as delay } from 'node:timers/promises';

/** Waits, or until the signal; true when the time has passed. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(milliseconds, undefined, { signal });
    return true;
  } catch (interrupted) {
    if (signal.aborted) return false;
    throw interrupted;
  }
}
