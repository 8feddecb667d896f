import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { KubeosError } from '@kubeos/core';

/** How a program is started and ended. */
export interface ChildOptions {
  /** Kills the program after so many milliseconds; default: no limit. */
  readonly timeoutMs?: number;
  /** Kills the program when it is aborted. */
  readonly signal?: AbortSignal;
  /** Exit codes that are no failure; default: 0 alone. */
  readonly okExitCodes?: readonly number[];
  /** Working folder; default: that of this process. */
  readonly cwd?: string;
  /** Variables that are added to the environment of this process, or replace those there. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of stderr as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** A running program with its pipes. It leads a process group of its own, which is killed as a whole. */
export interface Child {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /**
   * The exit code, once the program is gone and its pipes are closed. Rejects with `COMMAND_FAILED` (not started, a
   * signal, another exit code), `COMMAND_TIMEOUT` or `CANCELLED`.
   */
  readonly exited: Promise<number>;
  /** What the program wrote to stderr last, at most 4 KiB. */
  stderrTail(): string;
  /** Kills the whole process group at once. */
  kill(): void;
}

const stderrTailBytes = 4096;

/**
 * Starts a program with an argument array; a shell is never involved. Messages come in English (`LC_ALL=C`), because
 * adapters have to tell a full disk from other failures of a program.
 */
export function startChild(
  file: string,
  args: readonly string[],
  options: ChildOptions = {},
): Child {
  const child = spawn(file, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C', ...options.env },
  });
  const { onStderr } = options;
  if (onStderr !== undefined)
    child.stderr.on('data', (piece: Buffer) => onStderr(piece.toString()));
  const tail = keepTail(child.stderr);
  const kill = (): void => killGroup(child);
  // A program may end before it has read its input. Its exit code says what happened; EPIPE adds nothing.
  child.stdin.on('error', () => undefined);
  const exited = awaitExit(child, file, options, tail, kill);
  // Callers that only stream may look at the end late; that must not count as an unhandled rejection.
  exited.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, exited, stderrTail: tail, kill };
}

function keepTail(stream: Readable): () => string {
  let kept = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-stderrTailBytes);
  });
  return () => kept.toString().trim();
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already: it ended by itself in this moment.
    child.kill('SIGKILL');
  }
}

function awaitExit(
  child: ChildProcess,
  file: string,
  options: ChildOptions,
  stderrTail: () => string,
  kill: () => void,
): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    let ended: KubeosError | undefined;
    const end = (error: KubeosError): void => {
      ended = error;
      kill();
    };
    const onAbort = (): void => end(new KubeosError('CANCELLED', `Cancelled while ${file} ran`));
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => end(timeout(file, options.timeoutMs ?? 0)), options.timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (cause) => {
      settle();
      reject(
        new KubeosError('COMMAND_FAILED', `Cannot start ${file}: ${cause.message}`, { cause }),
      );
    });
    child.once('close', (exitCode, signal) => {
      settle();
      if (ended !== undefined) reject(ended);
      else if (exitCode !== null && (options.okExitCodes ?? [0]).includes(exitCode)) {
        resolve(exitCode);
      } else reject(failure(file, exitCode, signal, stderrTail()));
    });
    if (options.signal?.aborted === true) onAbort();
    else options.signal?.addEventListener('abort', onAbort);
  });
}

function timeout(file: string, timeoutMs: number): KubeosError {
  return new KubeosError('COMMAND_TIMEOUT', `${file} did not end within ${timeoutMs} ms`, {
    details: { command: file, timeoutMs },
  });
}

function failure(
  file: string,
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): KubeosError {
  const how =
    exitCode === null ? `was ended by ${signal ?? 'a signal'}` : `exited with ${exitCode}`;
  const lastLine = stderr.split('\n').at(-1) ?? '';
  return new KubeosError(
    'COMMAND_FAILED',
    `${file} ${how}${lastLine === '' ? '' : `: ${lastLine}`}`,
    {
      details: { command: file, exitCode: exitCode ?? -1, stderr },
    },
  );
}
