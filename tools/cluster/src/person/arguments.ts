import { parseArgs } from 'node:util';

import { KubeosError } from '@kubeos/core';

/** What the caller asked for. */
export type Request =
  | { readonly kind: 'help' }
  | {
      /** Start a cluster and keep it, or show an upgrade and end. */
      readonly kind: 'keep' | 'upgrade';
      readonly nodes: number;
      /** The folder of certificates, logs and the registry; default: a temporary one. */
      readonly folder?: string;
    };

/** How to use the tool. */
export const helpText = `Starts a Kubernetes cluster whose nodes are virtual machines that boot images of this repository, installs the
chart in it, and keeps it until Ctrl-C. Nothing but loopback is used. As root.

  npm run cluster                   prints KUBECONFIG and files with OS objects to apply
  npm run cluster -- upgrade        upgrades the nodes before your eyes, then takes the cluster away
  npm run cluster -- --nodes N      so many nodes; default 2. Each takes a processor and 1.3 GiB of memory
  npm run cluster -- --folder DIR   keeps logs there; default: a temporary folder, taken away at the end

The first run builds Kubernetes from Go modules and the images of the nodes: about a quarter of an hour.
`;

const options = {
  nodes: { type: 'string', default: '2' },
  folder: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line. Throws `INVALID_ARGUMENT` for anything that is not understood. */
export function readArguments(argv: readonly string[]): Request {
  const { values, positionals } = parse(argv);
  if (values.help) return { kind: 'help' };
  const [command, ...others] = positionals;
  if (others.length > 0 || (command !== undefined && command !== 'upgrade')) {
    throw wrong(`the only command is upgrade, not "${positionals.join(' ')}"`);
  }
  if (!/^[1-9]$/u.test(values.nodes)) throw wrong('--nodes is a number from 1 to 9');
  return {
    kind: command ?? 'keep',
    nodes: Number(values.nodes),
    ...(values.folder === undefined ? {} : { folder: values.folder }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function wrong(problem: string, cause?: unknown): KubeosError {
  return new KubeosError('INVALID_ARGUMENT', `${problem} (see npm run cluster -- --help)`, {
    cause,
  });
}
