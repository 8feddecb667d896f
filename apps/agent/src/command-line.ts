/** What the agent was asked for on its command line. */
import { parseArgs } from 'node:util';
import { KubeosError } from '@kubeos/core';

/** The commands. */
export const commandNames = [
  'serve',
  'status',
  'settings',
  'rollback',
  'confirm',
  'release',
  'return',
  'boot',
  'drift',
] as const;

/** A command. */
export type CommandName = (typeof commandNames)[number];

/** A command line, understood. */
export interface CommandLine {
  readonly command: CommandName | 'help' | 'version';
  /** Prefix of every path; `/` on a node. */
  readonly root: string;
  /** The configuration file, where one is named. */
  readonly config?: string;
  /** Socket to make and listen on, where none is handed over. */
  readonly listen?: string;
  readonly output: 'text' | 'json';
}

const options = {
  root: { type: 'string', default: '/' },
  config: { type: 'string' },
  listen: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** Which commands an option belongs to; options that are not here belong to all. */
const ownOptions: Readonly<Partial<Record<keyof typeof options, readonly CommandName[]>>> = {
  listen: ['serve'],
  output: ['status', 'settings'],
};

/** Reads the arguments after the program's name. Throws `INVALID_ARGUMENT` for anything that is not understood. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals, given } = parse(argv);
  const [word = 'serve', ...rest] = positionals;
  const command = commandNames.find((name) => name === word);
  if (command === undefined) throw wrong(`there is no command "${word}"`);
  if (rest[0] !== undefined) throw wrong(`"${rest[0]}" is one word too many`);
  for (const [option, owners] of Object.entries(ownOptions)) {
    if (!given.has(option) || owners.includes(command)) continue;
    throw wrong(`--${option} goes with ${owners.join(' and ')} only`);
  }
  return {
    command: values.help ? 'help' : values.version ? 'version' : command,
    root: values.root,
    output: readOutput(values.output),
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(values.listen === undefined ? {} : { listen: values.listen }),
  };
}

function readOutput(output: string): CommandLine['output'] {
  if (output === 'text' || output === 'json') return output;
  throw wrong('--output is text or json');
}

function parse(argv: readonly string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      tokens: true,
    });
    const named = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    return { values, positionals, given: new Set<string>(named) };
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function wrong(problem: string, cause?: unknown): KubeosError {
  return new KubeosError('INVALID_ARGUMENT', `os-agent: ${problem} (see os-agent --help)`, {
    cause,
  });
}
