import type { Machine } from '@kubeos/vm';

/** Runs a text of sh(1) on the console of a machine and gives its output; fails when the command fails. */
export async function runIn(
  machine: Machine,
  command: string,
  deadlineSeconds = 120,
): Promise<string> {
  const { stdout, stderr, exitCode } = await machine.console.run(command, { deadlineSeconds });
  if (exitCode !== 0) {
    throw new Error(`${command} ended with status ${String(exitCode)}: ${stdout}${stderr}`);
  }
  return stdout.trimEnd();
}
