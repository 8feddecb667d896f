import { constants } from 'node:os';

/**
 * The exit status of a program that a signal has ended, as a shell tells it: 128 and the signal's number. What is not
 * the name of a signal counts as SIGTERM, the one that programs are ended with.
 */
export function signalExitCode(signal: unknown): number {
  const known = Object.entries(constants.signals).find(([name]) => name === signal);
  return 128 + (known?.[1] ?? constants.signals.SIGTERM);
}
