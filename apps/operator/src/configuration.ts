/** What the operator is told: options on its command line, or environment variables in their place. */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { KubeosError } from '@kubeos/core';
import * as z from 'zod/mini';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const text = z.string().check(z.minLength(1, 'expected a text'));
const label = z.string().check(z.regex(/^[^=]+=[^=]*$/, 'expected KEY=VALUE'));
const timeZone = z.string().check(z.refine(isTimeZone, 'expected an IANA time zone'));

const configurationSchema = z.object({
  /** Absent: the service account of the pod. */
  kubeconfig: z.exactOptional(text),
  /** Where the lease lives, and the operator's own pods. */
  namespace: text,
  leaseName: text,
  identity: text,
  timeZone,
  ownLabel: label,
  listen: z.string().check(z.regex(/^.*:\d{1,5}$/, 'expected HOST:PORT')),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
});

/** What the operator runs with. */
export type Configuration = z.output<typeof configurationSchema>;

/** What was asked for on the command line. */
export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly configuration: Configuration }
  | {
      readonly kind: 'retire';
      readonly configuration: Configuration;
      readonly deadlineSeconds: number;
    };

const options = {
  kubeconfig: { type: 'string' },
  namespace: { type: 'string' },
  'lease-name': { type: 'string' },
  identity: { type: 'string' },
  'time-zone': { type: 'string' },
  'own-label': { type: 'string' },
  listen: { type: 'string' },
  'log-level': { type: 'string' },
  deadline: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

const usualDeadlineSeconds = 1200;

const optionOfMember: Readonly<Record<string, string>> = {
  leaseName: '--lease-name',
  timeZone: '--time-zone',
  ownLabel: '--own-label',
  logLevel: '--log-level',
};

/** Reads command line and environment; an option wins. Throws `INVALID_ARGUMENT` naming the option at fault. */
export function parseCommandLine(argv: readonly string[], env: Environment): CommandLine {
  const { values, positionals } = parse(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const present = Object.entries(givenBy(values, env)).filter(([, value]) => value !== undefined);
  const read = configurationSchema.safeParse(Object.fromEntries(present));
  if (!read.success) throw wrong(describe(read.error));
  const [command, ...more] = positionals;
  if (command === undefined) {
    if (values.deadline !== undefined) throw wrong('--deadline belongs to the command retire');
    return { kind: 'run', configuration: read.data };
  }
  if (command !== 'retire' || more.length > 0) {
    throw wrong(`there is no command ${positionals.join(' ')}`);
  }
  const deadlineSeconds = Number(values.deadline ?? usualDeadlineSeconds);
  if (!Number.isSafeInteger(deadlineSeconds) || deadlineSeconds < 1) {
    throw wrong('--deadline: expected a number of seconds');
  }
  return { kind: 'retire', configuration: read.data, deadlineSeconds };
}

function givenBy(values: ReturnType<typeof parseOptions>['values'], env: Environment): object {
  const either = (option: keyof typeof values, variable: string, usual?: string) => {
    const value = values[option];
    return typeof value === 'string' ? value : (env[variable] ?? usual);
  };
  return {
    kubeconfig: either('kubeconfig', 'KUBECONFIG'),
    namespace: either('namespace', 'POD_NAMESPACE', 'kubeos-system'),
    leaseName: either('lease-name', 'LEASE_NAME', 'os-operator'),
    // Every process is a candidate of its own, also when it is the same pod started again.
    identity: `${either('identity', 'POD_NAME', 'os-operator') ?? ''}_${randomUUID()}`,
    timeZone: either('time-zone', 'TZ', Intl.DateTimeFormat().resolvedOptions().timeZone),
    ownLabel: either('own-label', 'OWN_LABEL', 'app.kubernetes.io/name=os-operator'),
    listen: either('listen', 'LISTEN', ':8080'),
    logLevel: either('log-level', 'LOG_LEVEL', 'info'),
  };
}

function parse(argv: readonly string[]): ReturnType<typeof parseOptions> {
  try {
    return parseOptions(argv);
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function parseOptions(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: true });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function describe(error: z.core.$ZodError): string {
  const [issue] = error.issues;
  const member = String(issue?.path[0] ?? '');
  return `${optionOfMember[member] ?? `--${member}`}: ${issue?.message ?? 'is wrong'}`;
}

function wrong(problem: string, cause?: unknown): KubeosError {
  return new KubeosError('INVALID_ARGUMENT', `os-operator: ${problem} (see os-operator --help)`, {
    cause,
  });
}
