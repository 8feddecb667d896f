import { hasCode } from '@kubeos/core';
import type { Exec } from './exec.ts';

/** The last lines of the journal that the arguments choose; `undefined` when there are none, or no journal. */
export async function journalTail(
  exec: Exec,
  lines: number,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const command = [...args, '-n', String(lines), '--no-pager', '--quiet'];
    const tail = (await exec('journalctl', command)).stdout.trim();
    return tail === '' ? undefined : tail;
  } catch (thrown) {
    if (hasCode(thrown, 'COMMAND_FAILED', 'COMMAND_TIMEOUT')) return undefined;
    throw thrown;
  }
}
