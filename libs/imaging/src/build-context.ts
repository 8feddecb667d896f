import { KubeosError } from '@kubeos/core';
import type { Exec } from '@kubeos/host';

/** What every step of a build is given by whoever runs the build. */
export interface BuildContext {
  /** Runs a program; each call says its deadline and passes the signal on. */
  readonly exec: Exec;
  /** Ends the build; a step then throws `CANCELLED` and leaves what it was making to the owner of the work folder. */
  readonly signal: AbortSignal;
  /** Told the name of each step when it begins, for the person who waits. */
  progress(step: string): void;
}

/** For steps that take long without running a program. Throws `CANCELLED` once the build was ended. */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new KubeosError('CANCELLED', 'The build was stopped');
}
