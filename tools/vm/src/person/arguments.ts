import { parseArgs } from 'node:util';

import { KubeosError } from '@kubeos/core';

/** What the caller asked for. */
export type Request =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'boot';
      readonly firmware: 'uefi' | 'bios';
      /** A disk to boot instead of the example. */
      readonly image?: string;
      readonly memoryMib: number;
      /** Build the example though it is there already. */
      readonly isFresh: boolean;
      readonly acceleration: 'tcg' | 'kvm';
    };

/** How to use the tool. */
export const helpText = `Boots a node in QEMU, with its serial console in this terminal and its agent on a port of 127.0.0.1.

  npm run vm                        the example of examples/vm; built when it is not there yet, as root
  npm run vm -- --image FILE        another disk, raw or qcow2, such as system.qcow2 of kbimg
  npm run vm -- --bios              with the BIOS of old machines instead of UEFI
  npm run vm -- --memory MIB        default 1024
  npm run vm -- --kvm               with /dev/kvm, where that works; everything is computed otherwise
  npm run vm -- --fresh             build the example anew, with the packages of today

In the terminal: Ctrl-A X ends it, Ctrl-A R presses the reset button, Ctrl-A P the power button, Ctrl-A C cuts power and
switches on again, Ctrl-A A types Ctrl-A. What is written to the disk goes with the machine, the image stays as it is.
Without a terminal it boots, waits until the agent answers, prints the agent's status as JSON, and ends.
`;

const options = {
  uefi: { type: 'boolean', default: false },
  bios: { type: 'boolean', default: false },
  image: { type: 'string' },
  memory: { type: 'string', default: '1024' },
  fresh: { type: 'boolean', default: false },
  kvm: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line. Throws `INVALID_ARGUMENT` for anything that is not understood. */
export function readArguments(argv: readonly string[]): Request {
  const values = parse(argv);
  if (values.help) return { kind: 'help' };
  if (values.uefi && values.bios) throw wrong('either --uefi or --bios');
  if (values.image !== undefined && values.fresh) throw wrong('--fresh is for the example alone');
  if (!/^\d+$/u.test(values.memory) || Number(values.memory) < 128) {
    throw wrong('--memory is a number of MiB, 128 or more');
  }
  return {
    kind: 'boot',
    firmware: values.bios ? 'bios' : 'uefi',
    memoryMib: Number(values.memory),
    isFresh: values.fresh,
    acceleration: values.kvm ? 'kvm' : 'tcg',
    ...(values.image === undefined ? {} : { image: values.image }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function wrong(problem: string, cause?: unknown): KubeosError {
  return new KubeosError('INVALID_ARGUMENT', `${problem} (see npm run vm -- --help)`, { cause });
}
