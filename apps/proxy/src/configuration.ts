/** What the proxy is told: options on its command line, or environment variables in their place. */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { KubeosError } from '@kubeos/core';
import * as z from 'zod/mini';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const text = z.string().check(z.minLength(1, 'expected a text'));
const path = z.string().check(z.startsWith('/', 'expected an absolute path'));

const configurationSchema = z.object({
  nodeName: text,
  /** Absent: the UID that the pod's own token names. */
  nodeUid: z.exactOptional(text),
  /** Absent: the service account of the pod. */
  kubeconfig: z.exactOptional(text),
  agentSocket: path,
  snapshot: path,
  listen: z.string().check(z.regex(/^.*:\d{1,5}$/, 'expected HOST:PORT')),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
});

/** What the proxy runs with. */
export type Configuration = z.output<typeof configurationSchema>;

/** What was asked for on the command line. */
export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly configuration: Configuration };

const options = {
  'node-name': { type: 'string' },
  'node-uid': { type: 'string' },
  kubeconfig: { type: 'string' },
  'agent-socket': { type: 'string' },
  snapshot: { type: 'string' },
  listen: { type: 'string' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

const optionOfMember: Readonly<Record<string, string>> = {
  nodeName: '--node-name',
  nodeUid: '--node-uid',
  agentSocket: '--agent-socket',
  logLevel: '--log-level',
};

/** Reads command line and environment; an option wins. Throws `INVALID_ARGUMENT` naming the option at fault. */
export function parseCommandLine(argv: readonly string[], env: Environment): CommandLine {
  const values = parse(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const given = givenBy(values, env);
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  const read = configurationSchema.safeParse(Object.fromEntries(present));
  if (read.success) return { kind: 'run', configuration: read.data };
  throw wrong(describe(read.error));
}

function givenBy(values: ReturnType<typeof parseOptions>, env: Environment): object {
  const either = (option: keyof typeof values, variable: string, usual?: string) => {
    const value = values[option];
    return typeof value === 'string' ? value : (env[variable] ?? usual);
  };
  const agentSocket = either('agent-socket', 'AGENT_SOCKET', '/run/os-agent/os-agent.sock') ?? '';
  return {
    nodeName: either('node-name', 'NODE_NAME'),
    nodeUid: either('node-uid', 'NODE_UID'),
    kubeconfig: either('kubeconfig', 'KUBECONFIG'),
    agentSocket,
    snapshot: values.snapshot ?? join(dirname(agentSocket), 'status.json'),
    listen: either('listen', 'LISTEN', ':8081'),
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
  return parseArgs({ args: [...argv], options, allowPositionals: false }).values;
}

function describe(error: z.core.$ZodError): string {
  const [issue] = error.issues;
  const member = String(issue?.path[0] ?? '');
  const option = optionOfMember[member] ?? `--${member}`;
  const problem = issue?.code === 'invalid_type' ? 'is missing' : (issue?.message ?? 'is wrong');
  return `${option}: ${problem}`;
}

function wrong(problem: string, cause?: unknown): KubeosError {
  return new KubeosError('INVALID_ARGUMENT', `os-proxy: ${problem} (see os-proxy --help)`, {
    cause,
  });
}
