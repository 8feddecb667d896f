/** The agent as a program: arguments in, exit status out. */
import { describeFailure, errorKinds, KubeosError } from '@kubeos/core';
import type { Clock, Log } from '@kubeos/core';
import { createSystemClock, signalExitCode } from '@kubeos/host';
import { aborted } from './aborted.ts';
import { parseCommandLine } from './command-line.ts';
import type { CommandLine } from './command-line.ts';
import { oneShotCommands } from './commands.ts';
import type { OneShotCommand } from './commands.ts';
import { loadConfiguration } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { helpText } from './help.ts';
import { createPlainLog } from './logger.ts';
import { turnCallersAway, whereToListen } from './socket.ts';
import { loadTcpListener, wireNode } from './wiring.ts';
import type { Node, WiringOptions } from './wiring.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the program gets from its process. */
export interface RunDeps {
  readonly version: string;
  readonly pid: number;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
  /** Where a serving agent logs. */
  readonly log: Log;
  /** Aborted by a signal that ends the program (reason: anything), or by a crash (reason: a `KubeosError`). */
  readonly stop: AbortSignal;
  /** Default: that of the system. */
  readonly clock?: Clock;
  /** Default: the real adapters. */
  readonly wire?: (options: WiringOptions) => Promise<Node>;
}

/** Runs one command and gives the exit status of its outcome. Never throws. */
export async function run(
  argv: readonly string[],
  env: Environment,
  deps: RunDeps,
): Promise<number> {
  try {
    return await carryOut(parseCommandLine(argv), env, deps);
  } catch (thrown) {
    deps.complain(`${describeFailure(thrown)}\n`);
    const { pid, stop, clock = createSystemClock() } = deps;
    await turnCallersAway(env, pid, clock, stop);
    return errorKinds[KubeosError.from(thrown).kind].exitCode;
  }
}

async function carryOut(
  commandLine: CommandLine,
  env: Environment,
  deps: RunDeps,
): Promise<number> {
  const { command } = commandLine;
  if (command === 'help') {
    deps.print(helpText);
    return 0;
  }
  if (command === 'version') {
    deps.print(`os-agent ${deps.version}\n`);
    return 0;
  }
  if (command === 'serve') {
    await carryOutServe(commandLine, env, deps);
    return crashExitCode(deps.stop) ?? 0;
  }
  const done = carryOutOnce(command, commandLine, env, deps).then(() => 0);
  // What hangs in the kernel cannot be told to stop; the program ends without it, as by a power cut.
  return Promise.race([done, aborted(deps.stop).then(() => stoppedExitCode(deps.stop))]);
}

async function carryOutOnce(
  command: OneShotCommand,
  commandLine: CommandLine,
  env: Environment,
  deps: RunDeps,
): Promise<void> {
  const log = createPlainLog(deps.complain);
  const { node } = await prepare(commandLine, env, deps, log);
  await oneShotCommands[command]({ node, output: commandLine.output, print: deps.print });
}

/** `undefined` when a signal has ended the program, or nothing has. */
function crashExitCode({ reason }: AbortSignal): number | undefined {
  return reason instanceof KubeosError ? errorKinds[reason.kind].exitCode : undefined;
}

/** As a shell tells it of a program that a signal has ended. */
function stoppedExitCode(stop: AbortSignal): number {
  return crashExitCode(stop) ?? signalExitCode(stop.reason);
}

async function carryOutServe(
  commandLine: CommandLine,
  env: Environment,
  deps: RunDeps,
): Promise<void> {
  const where = whereToListen(commandLine.listen, env, deps.pid);
  const { node, configuration } = await prepare(commandLine, env, deps, deps.log);
  const { tcp, idleSeconds } = configuration;
  // gRPC is for the server alone: the timer's passes are over before it would be loaded.
  const { serve } = await import('./serve.ts');
  await serve({
    ...node,
    log: deps.log,
    where,
    stop: deps.stop,
    ...(tcp === undefined ? {} : { tcp: await loadTcpListener(tcp, commandLine.root) }),
    // Nobody else starts an agent that made its own socket or is called over TCP.
    ...(where.kind === 'inherited' && tcp === undefined ? { idleSeconds } : {}),
  });
}

async function prepare(
  { root, config }: CommandLine,
  env: Environment,
  { version, wire = wireNode }: RunDeps,
  log: Log,
): Promise<{ readonly node: Node; readonly configuration: Configuration }> {
  const configuration = await loadConfiguration(root, config);
  return { configuration, node: await wire({ configuration, root, env, log, version }) };
}
