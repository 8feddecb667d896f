import type { PassTimer } from '@kubeos/core';
import type { Exec } from './exec.ts';

const everyBoot = 'os-agent-deadline.timer';
const ofTrials = 'os-agent-return.timer';

/** The timers of return passes, by the `systemctl` on PATH. Throws `COMMAND_FAILED` and `COMMAND_TIMEOUT`. */
export function createPassTimer(exec: Exec): PassTimer {
  // Not waiting: a queue of jobs at boot or shutdown must not hold up whoever holds the lock of the node.
  const order = async (verb: string, ...units: readonly string[]): Promise<void> => {
    await exec('systemctl', [verb, '--no-block', ...units], { timeoutMs: 10_000 });
  };
  return {
    start: () => order('start', everyBoot),
    stop: () => order('stop', everyBoot, ofTrials),
  };
}
