import { errorCodes, type ErrorCode, type ErrorKind } from './codes.ts';
import type { OutcomeClass } from '../api/operation.ts';

/** Facts about a failure that are safe to log and to show: never a secret, never file content. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** What a `KubeosError` may carry beside code and message. */
export interface KubeosErrorOptions {
  /** The failure behind this one. */
  readonly cause?: unknown;
  /** Facts that are safe to log. */
  readonly details?: ErrorDetails;
}

/**
 * The one error class of KubeOS.
 *
 * Adapters translate what they meet (errno, HTTP status, exit status) into a code; above them nobody reads messages.
 * The message says what was attempted, where, and what was expected, for a person who reads it at night.
 */
export class KubeosError extends Error {
  /** The machine-readable code. */
  readonly code: ErrorCode;
  /** Facts that are safe to log. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: KubeosErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KubeosError';
    this.code = code;
    this.details = options.details ?? {};
  }

  /** What the failure asks of its caller. */
  get kind(): ErrorKind {
    return errorCodes[this.code].kind;
  }

  /** The class in which an operation that ended with this failure counts. */
  get outcome(): OutcomeClass {
    return errorCodes[this.code].outcome;
  }

  /** The CamelCase reason for conditions and events. */
  get reason(): string {
    return errorCodes[this.code].reason;
  }

  /** Gives back a `KubeosError` unchanged and wraps anything else as `BUG`: what no adapter translated is one. */
  static from(thrown: unknown): KubeosError {
    if (thrown instanceof KubeosError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new KubeosError('BUG', message, { cause: thrown });
  }
}

/** A failure in words, for a person: its message, and the messages of what is behind it unless it has them already. */
export function describeFailure(thrown: unknown): string {
  const { message, cause } = KubeosError.from(thrown);
  if (!hasMessage(cause) || message.includes(cause.message)) return message;
  return `${message}: ${cause instanceof KubeosError ? describeFailure(cause) : cause.message}`;
}

/** Errors of another realm are no instances of our `Error`. */
function hasMessage(value: unknown): value is { readonly message: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

/** True when the thrown value is a `KubeosError` of one of these codes. */
export function hasCode(thrown: unknown, ...codes: readonly ErrorCode[]): thrown is KubeosError {
  return thrown instanceof KubeosError && codes.includes(thrown.code);
}

/** For the end of a switch over a closed union: a case that was forgotten does not compile. */
export function assertNever(value: never): never {
  throw new KubeosError('BUG', `Unexpected value ${JSON.stringify(value)}`);
}
