/** The operator as a program: arguments in, exit status out. */
import { errorKinds, KubeosError, type Log } from '@kubeos/core';
import { parseCommandLine, type Environment } from './configuration.ts';
import { helpText } from './help.ts';
import { createJsonLog } from './logger.ts';
import { retire, Retirement } from './retire.ts';
import { serve } from './serve.ts';
import { wire } from './wiring.ts';

/** What the program gets from its process. */
export interface RunDeps {
  readonly version: string;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
  /** Aborted by a signal that ends the program. */
  readonly stop: AbortSignal;
  /** Default: JSON lines on standard output. */
  readonly log?: Log;
  /** Default: the real adapters. */
  readonly wire?: typeof wire;
}

/** Runs the operator until it is stopped and gives the exit status. Never throws. */
export async function run(
  argv: readonly string[],
  env: Environment,
  deps: RunDeps,
): Promise<number> {
  const { version, print, complain, stop } = deps;
  try {
    const commandLine = parseCommandLine(argv, env);
    switch (commandLine.kind) {
      case 'help':
        print(helpText);
        break;
      case 'version':
        print(`os-operator ${version}\n`);
        break;
      case 'run': {
        const { configuration } = commandLine;
        const log = deps.log ?? createJsonLog(version, configuration.logLevel);
        const wired = (deps.wire ?? wire)(configuration, log, version);
        await serve({ configuration, wired, log, stop });
        break;
      }
      case 'retire': {
        const { configuration, deadlineSeconds } = commandLine;
        const log = deps.log ?? createJsonLog(version, configuration.logLevel);
        const retirement = new Retirement();
        const wired = (deps.wire ?? wire)(configuration, log, version, retirement);
        await retire({ retirement, wired, log, deadlineSeconds, stop });
        break;
      }
    }
    return 0;
  } catch (thrown) {
    const error = KubeosError.from(thrown);
    complain(`${error.message}\n`);
    return errorKinds[error.kind].exitCode;
  }
}
