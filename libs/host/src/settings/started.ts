/** When a program of this node was started. */
import { hasCode } from '@kubeos/core';
import type { Exec } from '../exec.ts';

/**
 * Uptime at which systemd started the program that runs; `undefined` when it is not up, or systemd does not know it.
 *
 * It is the start of the process, not the moment at which it said that it is up: it has read its files in between.
 */
export async function startedUptimeSeconds(exec: Exec, unit: string): Promise<number | undefined> {
  const properties = '--property=ActiveState,ExecMainStartTimestampMonotonic';
  try {
    const { stdout } = await exec('systemctl', ['show', properties, unit]);
    if (!/^ActiveState=active$/m.test(stdout)) return undefined;
    const [, microseconds] = /^ExecMainStartTimestampMonotonic=([1-9]\d*)$/m.exec(stdout) ?? [];
    return microseconds === undefined ? undefined : Number(microseconds) / 1_000_000;
  } catch (thrown) {
    if (hasCode(thrown, 'COMMAND_FAILED', 'COMMAND_TIMEOUT')) return undefined;
    throw thrown;
  }
}
