import { KubeosError } from '../errors/kubeos-error.ts';

/** What archives for the kernel and file systems can hold: 32 bits. */
const lastEpochSeconds = 2 ** 32 - 1;

/**
 * Reads `SOURCE_DATE_EPOCH`, https://reproducible-builds.org/specs/source-date-epoch/, in seconds since 1970;
 * `undefined` where it is not set. Throws `INVALID_ARGUMENT`, with `program` in the message.
 */
export function readSourceDateEpoch(text: string | undefined, program: string): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/u.test(text) && Number(text) <= lastEpochSeconds) return Number(text);
  throw new KubeosError(
    'INVALID_ARGUMENT',
    `${program}: SOURCE_DATE_EPOCH is a number of seconds since 1970, ${lastEpochSeconds} at the most`,
  );
}
