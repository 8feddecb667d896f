import { KubeosError, type Clock } from '@kubeos/core';
import { errnoOf, startChild, type Exec, type ExecOptions } from '@kubeos/host';
import { startStallWatch } from '../source/stall-watch.ts';

/** Runs the program of an engine. */
export type RunEngine = (args: readonly string[], options?: ExecOptions) => Promise<string>;

const stallMs = 10 * 60_000;

/**
 * Runs a program of an engine to its end, and gives its stdout. Throws `ENGINE_UNAVAILABLE` when it is not installed, and
 * what `exec` throws.
 */
export function createRunEngine(exec: Exec, program: string): RunEngine {
  return async (args, options) => {
    try {
      return (await exec(program, args, options)).stdout;
    } catch (thrown) {
      throw isAbsent(thrown) ? missing(program, thrown) : translate(program, thrown);
    }
  };
}

/** True when the program can be started at all. */
export async function isInstalled(exec: Exec, program: string): Promise<boolean> {
  try {
    await exec(program, ['--version']);
    return true;
  } catch (thrown) {
    return !isAbsent(thrown);
  }
}

/** The failure of a program that is not there. */
function missing(program: string, cause?: unknown): KubeosError {
  return new KubeosError('ENGINE_UNAVAILABLE', `There is no program ${program} on this node`, {
    cause,
    details: { command: program },
  });
}

/**
 * The stdout of a program as it comes. Ends the program when nobody reads on, when the signal is aborted, and with `STALLED`
 * when nothing came for ten minutes.
 */
export async function* streamOf(
  program: string,
  args: readonly string[],
  { signal, clock, env }: StreamOptions,
): AsyncGenerator<Buffer> {
  const child = startChild(program, args, { signal, ...(env === undefined ? {} : { env }) });
  child.stdin.end();
  let stalled: KubeosError | undefined;
  const watch = startStallWatch(clock, stallMs, () => {
    stalled = new KubeosError('STALLED', `${program} gave nothing for ${stallMs / 60_000} minutes`);
    child.kill();
  });
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      watch.pause();
      yield chunk;
      watch.resume();
    }
    await child.exited;
  } catch (thrown) {
    if (stalled !== undefined) throw stalled;
    throw isAbsent(thrown) ? missing(program, thrown) : translate(program, thrown);
  } finally {
    watch.stop();
    child.kill();
    // How it ended was told above; what counts here is that it is gone.
    await child.exited.catch(() => undefined);
  }
}

/** How a stream is ended. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly env?: Readonly<Record<string, string>>;
}

function isAbsent(thrown: unknown): boolean {
  return thrown instanceof KubeosError && errnoOf(thrown.cause) === 'ENOENT';
}

const meanings = [
  ['PAYLOAD_CORRUPT', /don't match image configuration|layer verification failed/iu],
  ['PAYLOAD_UNKNOWN', /could not find the file|no such container:path/iu],
  ['STORAGE_FULL', /no space left on device|disk quota exceeded/iu],
  [
    'REGISTRY_DENIED',
    /\b401 |\b403 |unauthorized|authentication required|access denied|denied:|no basic auth|authorization failed/iu,
  ],
  [
    'SOURCE_NOT_FOUND',
    /manifest unknown|manifest for .* not found|not found: |: not found|name unknown|repository .* not found/iu,
  ],
  ['NO_PLATFORM', /no matching manifest for|no match for platform/iu],
  ['TLS_FAILED', /x509: |tls: |server gave HTTP response to HTTPS client/iu],
  [
    'SOURCE_UNREACHABLE',
    /dial tcp|no such host|i\/o timeout|connection refused|connection reset|unexpected EOF|toomanyrequests/iu,
  ],
] as const;

/** What the engine could not do shows only in its words; those that are not known stay what they are. */
function translate(program: string, thrown: unknown): unknown {
  if (!(thrown instanceof KubeosError) || thrown.code !== 'COMMAND_FAILED') return thrown;
  const said = `${String(thrown.details['stderr'])}\n${thrown.message}`;
  const isSilent =
    /cannot connect to the docker daemon|connect: no such file or directory|failed to dial|connection error: desc = /iu;
  const code = isSilent.test(said)
    ? 'ENGINE_UNAVAILABLE'
    : meanings.find(([, pattern]) => pattern.test(said))?.[0];
  if (code === undefined) return thrown;
  return new KubeosError(code, thrown.message, {
    cause: thrown,
    details: { command: program, ...thrown.details },
  });
}
