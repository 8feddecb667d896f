import { parseArgs } from 'node:util';

import { KubeosError } from '@kubeos/core';

/** What the caller asked for. */
export type Request =
  | { readonly kind: 'help' }
  /** Plays one seed with its trace. */
  | { readonly kind: 'replay'; readonly seed: number }
  /** Plays seeds in a row. */
  | { readonly kind: 'seeds'; readonly first: number; readonly count: number }
  /** Plants every fault and looks whether it is found. */
  | { readonly kind: 'mutations' };

/** How to use the tool. */
export const helpText = `Plays seeds of the simulator: a small fleet each, with faults, and every invariant checked at every step.

  npm run simulate                          2,000 seeds
  npm run simulate -- --seeds N [--from M]  any number, beginning with seed M
  npm run simulate -- --seed N              one seed again, with its trace
  npm run simulate -- --mutations           plants a fault in each invariant's guard; all must be found
`;

/** Seeds that are played when nothing is said. */
const defaultSeeds = 2000;

/**
 * Reads the command line.
 *
 * @throws KubeosError `INVALID_ARGUMENT`.
 */
export function readArguments(argv: readonly string[]): Request {
  const { seed, seeds, from, mutations, help } = parse(argv);
  if (help === true) return { kind: 'help' };
  if (mutations === true) return { kind: 'mutations' };
  if (seed !== undefined) return { kind: 'replay', seed: readNumber('seed', seed) };
  return {
    kind: 'seeds',
    first: readNumber('from', from ?? '1'),
    count: readNumber('seeds', seeds ?? String(defaultSeeds)),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        from: { type: 'string' },
        mutations: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new KubeosError('INVALID_ARGUMENT', message, { cause: error });
  }
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new KubeosError('INVALID_ARGUMENT', `--${name} wants a whole number from 1, not "${text}"`);
}
