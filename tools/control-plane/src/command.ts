import { execFile } from 'node:child_process';

import { KubeosError } from '@kubeos/core';

/** How a command runs; the defaults suit a short one. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input. */
  readonly input?: string;
  /** What ends it at the deadline or by the signal; default `SIGKILL`. */
  readonly killSignal?: NodeJS.Signals;
  /** Default 60. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  /** Called with each piece of standard error as it comes. */
  readonly onStderr?: (text: string) => void;
}

const outputLimitBytes = 64 * 1024 * 1024;
const shownStderrCharacters = 4000;

/**
 * Runs a program and gives its standard output.
 *
 * Throws `COMMAND_FAILED` (exit status other than 0, program missing) with the end of standard error in the message,
 * `COMMAND_TIMEOUT`, or `CANCELLED` when the signal ended it.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { cwd, env, input = '', timeoutSeconds = 60, signal, onStderr } = options;
  const child = execFile(
    command,
    args,
    {
      cwd,
      env: { ...process.env, ...env },
      maxBuffer: outputLimitBytes,
      timeout: timeoutSeconds * 1000,
      killSignal: options.killSignal ?? 'SIGKILL',
      signal,
    },
    (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(commandError(`${command} ${args.join(' ')}`, error, stderr, options));
    },
  );
  if (onStderr !== undefined) child.stderr?.setEncoding('utf8').on('data', onStderr);
  // A program that does not read its input closes the pipe; its exit status tells what came of it.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return promise;
}

function commandError(
  line: string,
  cause: Error & { readonly killed?: boolean },
  stderr: string,
  options: CommandOptions,
): KubeosError {
  if (options.signal?.aborted === true) {
    return new KubeosError('CANCELLED', `Stopped: ${line}`, { cause });
  }
  if (cause.killed === true) {
    return new KubeosError(
      'COMMAND_TIMEOUT',
      `No end within ${String(options.timeoutSeconds ?? 60)} s: ${line}`,
      {
        cause,
      },
    );
  }
  const shown = stderr.trim().slice(-shownStderrCharacters);
  return new KubeosError(
    'COMMAND_FAILED',
    `Failed: ${line}\n${shown === '' ? cause.message : shown}`,
    { cause },
  );
}
