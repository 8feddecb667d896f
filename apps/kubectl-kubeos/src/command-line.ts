/** What the plugin was asked for on its command line. */
import { parseArgs } from 'node:util';
import { KubeosError } from '@kubeos/core';
import type { UserConfigChoice } from '@kubeos/kube';
import { isCommand, textOf, type CommandName } from './texts/commands.ts';
import { commonOptions, optionTexts, type OptionName } from './texts/options.ts';

/** How what is found is shown. */
export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml';

/** What is assumed about steps, in seconds. */
export type AssumedSeconds = Readonly<Partial<Record<AssumedStep, number>>>;

const assumedSteps = ['download', 'verify', 'drain', 'reboot'] as const;
type AssumedStep = (typeof assumedSteps)[number];

/** The options, with their defaults. */
export interface Options {
  readonly connection: UserConfigChoice;
  readonly requestTimeoutSeconds: number;
  /** Absent: that of the context. */
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly output: OutputFormat;
  readonly watch: boolean;
  readonly timeZone: string;
  readonly filename?: string;
  readonly assume: AssumedSeconds;
  readonly simulate: boolean;
  readonly seed: number;
  readonly dryRun: 'none' | 'client' | 'server';
  readonly reason?: string;
  readonly overwrite: boolean;
  readonly toVersion?: string;
  readonly partial: boolean;
}

/** A command line, understood. */
export type CommandLine =
  | { readonly kind: 'help'; readonly command?: CommandName }
  | { readonly kind: 'version' }
  /** The shell asks for words; the last one is the beginning of that. */
  | { readonly kind: 'complete'; readonly words: readonly string[] }
  | {
      readonly kind: 'run';
      readonly command: CommandName;
      readonly names: readonly string[];
      readonly options: Options;
    };

/** Reads the arguments after the program's name. Throws `INVALID_ARGUMENT` for anything that is not understood. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  if (argv[0] === '__complete') return { kind: 'complete', words: argv.slice(1) };
  const { values, positionals } = parse(argv);
  const [word, ...names] = positionals;
  if (values.version === true) return { kind: 'version' };
  if (word === undefined || word === 'help') return helpFor(names[0], values.help === true, word);
  if (!isCommand(word)) throw wrong(`there is no command "${word}"`);
  if (values.help === true) return { kind: 'help', command: word };
  refuseForeign(word, values);
  return { kind: 'run', command: word, names, options: optionsOf(values) };
}

function helpFor(name: string | undefined, isAsked: boolean, word?: string): CommandLine {
  if (word === undefined && !isAsked) throw wrong('no command');
  if (name === undefined) return { kind: 'help' };
  if (!isCommand(name)) throw wrong(`there is no command "${name}"`);
  return { kind: 'help', command: name };
}

type Values = ReturnType<typeof parse>['values'];

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: optionTexts, allowPositionals: true });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function refuseForeign(command: CommandName, values: Values): void {
  const { options } = textOf(command);
  const known: ReadonlySet<string> = new Set([...options, ...commonOptions]);
  const foreign = Object.keys(values).find((name) => !known.has(name));
  if (foreign !== undefined) throw wrong(`--${foreign} does not go with ${command}`);
}

function optionsOf(values: Values): Options {
  const { kubeconfig, context, cluster, user, namespace, filename, reason } = values;
  if (namespace !== undefined && values['all-namespaces'] === true) {
    throw wrong('--namespace and --all-namespaces do not go together');
  }
  return {
    connection: present({ kubeconfig, context, cluster, user }),
    requestTimeoutSeconds: numberOf(values, 'request-timeout', 10),
    allNamespaces: values['all-namespaces'] === true,
    output: oneOf(values, 'output', ['json', 'yaml', 'wide'] as const) ?? 'table',
    watch: values.watch === true,
    timeZone: timeZoneOf(values['time-zone'] ?? 'UTC'),
    assume: assumptions(values.assume),
    simulate: values.simulate === true,
    seed: numberOf(values, 'seed', 1),
    dryRun: oneOf(values, 'dry-run', ['none', 'client', 'server'] as const) ?? 'none',
    overwrite: values.overwrite === true,
    partial: values.partial === true,
    ...present({ namespace, filename, reason, toVersion: values['to-version'] }),
  };
}

function oneOf<T extends string>(
  values: Values,
  name: OptionName,
  words: readonly T[],
): T | undefined {
  const value = values[name];
  const found = words.find((word) => word === value);
  if (value === undefined || found !== undefined) return found;
  throw wrong(`--${name} is ${words.join(', ')}, not "${String(value)}"`);
}

function numberOf(values: Values, name: OptionName, byDefault: number): number {
  const value = values[name];
  if (value === undefined) return byDefault;
  // kubectl takes `10s` for its timeout as well.
  const [, digits] = /^(\d{1,9})s?$/u.exec(String(value)) ?? [];
  if (digits === undefined || Number(digits) === 0) {
    throw wrong(`--${name} is a number above 0, not "${String(value)}"`);
  }
  return Number(digits);
}

function timeZoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (cause) {
    throw wrong(`--time-zone is an IANA time zone, not "${name}"`, cause);
  }
}

function assumptions(text: string | undefined): AssumedSeconds {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(',').map((part): [AssumedStep, number] => {
      const [, name, seconds] = /^(\w+)=(\d{1,6})$/u.exec(part) ?? [];
      const step = assumedSteps.find((known) => known === name);
      if (step === undefined) {
        throw wrong(`--assume is STEP=SECONDS of ${assumedSteps.join(', ')}, not "${part}"`);
      }
      return [step, Number(seconds)];
    }),
  );
}

/** The members that have a value. */
function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** A mistake on the command line. */
export function wrong(problem: string, cause?: unknown): KubeosError {
  const message = `kubectl kubeos: ${problem} (see kubectl kubeos --help)`;
  return new KubeosError('INVALID_ARGUMENT', message, { cause });
}
