import { KubeosError } from '@kubeos/core';
import { startChild, type ChildOptions } from './child.ts';

/** How a program is run to its end. */
export interface ExecOptions extends ChildOptions {
  /** Default: 60,000 ms; every command has a deadline. */
  readonly timeoutMs?: number;
  /** Written to stdin, which is then closed. */
  readonly input?: string | Uint8Array;
  /** Most bytes of stdout; more is a failure. Default: 1 MiB. */
  readonly outputLimitBytes?: number;
}

/** What a program that ended left behind. */
export interface ExecResult {
  readonly stdout: string;
  /** At most the last 4 KiB. */
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * Runs a program to its end. Throws `COMMAND_FAILED` (with `exitCode` and the end of stderr in details),
 * `COMMAND_TIMEOUT`, and `CANCELLED` when the signal was aborted.
 */
export type Exec = (
  file: string,
  args: readonly string[],
  options?: ExecOptions,
) => Promise<ExecResult>;

/** The real `Exec`. */
export const exec: Exec = async (file, args, options = {}) => {
  const limit = options.outputLimitBytes ?? 1024 * 1024;
  const child = startChild(file, args, { timeoutMs: 60_000, ...options });
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else child.kill();
  });
  child.stdin.end(options.input);
  try {
    const exitCode = await child.exited;
    if (length <= limit) {
      return { stdout: Buffer.concat(chunks).toString(), stderr: child.stderrTail(), exitCode };
    }
  } catch (thrown) {
    if (length <= limit) throw thrown;
  }
  throw new KubeosError('COMMAND_FAILED', `${file} wrote more than ${limit} bytes`, {
    details: { command: file, outputLimitBytes: limit },
  });
};
