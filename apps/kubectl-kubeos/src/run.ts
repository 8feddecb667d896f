/** kubectl-kubeos as a program: arguments in, exit status out. */
import { describeFailure, errorKinds, hasCode, KubeosError } from '@kubeos/core';
import { signalExitCode } from '@kubeos/host';
import {
  contextNamespace,
  createApiClient,
  loadUserKubeConfig,
  type ApiClient,
} from '@kubeos/kube';
import { parseCommandLine, type CommandLine, type Options } from './command-line.ts';
import { complete, completionFailed, completionProgram } from './commands/completion.ts';
import { diff } from './commands/diff.ts';
import { explain } from './commands/explain.ts';
import { history } from './commands/history.ts';
import { hold, unhold } from './commands/hold.ts';
import { pause, resume } from './commands/pause.ts';
import { plan } from './commands/plan.ts';
import { retry } from './commands/retry.ts';
import { rollback } from './commands/rollback.ts';
import { status } from './commands/status.ts';
import type { Answer, CommandContext } from './context.ts';
import type { CommandName } from './texts/commands.ts';
import { helpText } from './texts/help.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the program gets from its process. */
export interface RunDeps {
  readonly version: string;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
  /** The whole of standard input. */
  readonly readInput: () => Promise<string>;
  /** Rows of the terminal on standard output; absent when that is none. */
  readonly terminalRows: number | undefined;
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** Aborted by a signal that ends the program; its reason is the signal's name. */
  readonly stop: AbortSignal;
  /** Default: by the kubeconfig. */
  readonly connect?: (options: Options) => Connection;
}

/** An API server, and the namespace that commands speak of. */
export interface Connection {
  readonly api: ApiClient;
  readonly namespace: string;
}

const commands: Readonly<
  Record<Exclude<CommandName, 'completion'>, (context: CommandContext) => Promise<Answer>>
> = { status, explain, plan, diff, history, pause, resume, hold, unhold, retry, rollback };

/** Runs one command and gives the exit status of its outcome. Never throws. Of a failure nothing is on standard output. */
export async function run(
  argv: readonly string[],
  env: Environment,
  deps: RunDeps,
): Promise<number> {
  try {
    const { text, exitCode = 0 } = await answer(parseCommandLine(argv), env, deps);
    deps.print(text);
    return deps.stop.aborted ? signalExitCode(deps.stop.reason) : exitCode;
  } catch (thrown) {
    if (deps.stop.aborted) return signalExitCode(deps.stop.reason);
    deps.complain(`${failureText(thrown)}\n`);
    return errorKinds[KubeosError.from(thrown).kind].exitCode;
  }
}

async function answer(line: CommandLine, env: Environment, deps: RunDeps): Promise<Answer> {
  switch (line.kind) {
    case 'help':
      return { text: helpText(line.command) };
    case 'version':
      return { text: `kubectl-kubeos ${deps.version}\n` };
    case 'complete':
      return { text: await completion(line.words, env, deps) };
    case 'run':
      return line.command === 'completion'
        ? { text: completionProgram }
        : runCommand(line.command, line.names, line.options, env, deps);
  }
}

async function runCommand(
  command: Exclude<CommandName, 'completion'>,
  names: readonly string[],
  options: Options,
  env: Environment,
  deps: RunDeps,
): Promise<Answer> {
  const { api, namespace } = connect(options, env, deps);
  try {
    return await commands[command]({
      ...{ api, names, options, namespace },
      terminal:
        deps.terminalRows === undefined
          ? undefined
          : { rows: deps.terminalRows, inColour: (env['NO_COLOR'] ?? '') === '' },
      wallMs: deps.wallMs,
      print: deps.print,
      note: (text) => deps.complain(`${text}\n`),
      readInput: deps.readInput,
      stop: deps.stop,
    });
  } finally {
    api.close();
  }
}

function connect(options: Options, env: Environment, deps: RunDeps): Connection {
  const { stop } = deps;
  if (deps.connect !== undefined) return deps.connect(options);
  const config = loadUserKubeConfig(options.connection, env);
  const client = createApiClient(config);
  return {
    api: {
      ...client,
      request: (request) =>
        client.request({
          deadlineSeconds: options.requestTimeoutSeconds,
          signal: stop,
          ...request,
        }),
    },
    namespace: options.namespace ?? contextNamespace(config),
  };
}

/** A shell does not wait: what cannot be found out at once is not completed. */
const completionSeconds = 2;

async function completion(
  words: readonly string[],
  env: Environment,
  deps: RunDeps,
): Promise<string> {
  let api: ApiClient | undefined;
  try {
    return await complete(words, (before) => {
      const line = parseCommandLine(before);
      if (line.kind !== 'run') throw new KubeosError('INVALID_ARGUMENT', 'Nothing to complete');
      const options = { ...line.options, requestTimeoutSeconds: completionSeconds };
      const connection = connect(options, env, deps);
      ({ api } = connection);
      return connection;
    });
  } catch (thrown) {
    if (hasCode(thrown, 'BUG')) throw thrown;
    return completionFailed;
  } finally {
    api?.close();
  }
}

/** One line: what went wrong, where, and what to do about it. */
function failureText(thrown: unknown): string {
  const text = describeFailure(thrown).replaceAll(/\s*\n\s*/gu, ' ');
  if (hasCode(thrown, 'API_UNAVAILABLE')) {
    return `${text}; is the API server of this context up, and reachable from here?`;
  }
  if (hasCode(thrown, 'FORBIDDEN')) return `${text}; ask for the right, or take another --context`;
  return text;
}
