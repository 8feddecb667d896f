import type { IncomingMessage } from 'node:http';
import { hasCode, KubeosError, type Clock, type Payload } from '@kubeos/core';
import { bytesOf } from './body.ts';
import { createConnect, type Answer, type Connect, type ConnectionDeps } from './connection.ts';
import { hasChanged, parseRange, rangeHeaders, type Validators } from './ranges.ts';
import { startStallWatch } from './stall-watch.ts';

/** A payload on its way. */
export interface Download {
  /** Length that the server announced; `undefined` when it did not. */
  readonly bytesTotal: number | undefined;
  /** The bytes in order, each once; a connection that breaks is taken up again where it broke. */
  readonly chunks: AsyncIterable<Buffer>;
}

const stallMs = 10 * 60_000;
const mostFailures = 5;
const firstPauseMs = 1000;

/**
 * Starts to fetch a payload. What fails before the first byte fails at once; later failures are met by asking for the
 * rest, up to five times in a row without a new byte. Throws the source codes, `STALLED` after ten minutes without one.
 */
export async function openDownload(
  payload: Payload,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<Download> {
  return downloadFrom(createConnect(payload, deps), deps.clock, signal);
}

/** The same, from whatever `connect` reaches. */
export async function downloadFrom(
  connect: Connect,
  clock: Clock,
  signal: AbortSignal,
): Promise<Download> {
  const first = await connect({}, signal);
  const bytesTotal = contentLength(first.body);
  return { bytesTotal, chunks: readAll({ connect, first, bytesTotal, clock, signal }) };
}

interface Transfer {
  readonly connect: Connect;
  readonly first: Answer;
  readonly bytesTotal: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function* readAll(transfer: Transfer): AsyncGenerator<Buffer> {
  const { bytesTotal, signal } = transfer;
  const validators = validatorsOf(transfer.first.body);
  let answer: Answer | undefined = transfer.first;
  let done = 0;
  let failures = 0;
  while (true) {
    try {
      answer ??= await transfer.connect(rangeHeaders(done, validators), signal);
      for await (const chunk of restOf(answer, done, validators, transfer)) {
        failures = 0;
        done += chunk.length;
        yield chunk;
      }
      if (bytesTotal === undefined || done >= bytesTotal) return;
      throw new KubeosError('SHORT_BODY', `The body ended at ${done} of ${bytesTotal} bytes`);
    } catch (thrown) {
      signal.throwIfAborted();
      answer = undefined;
      failures += 1;
      if (failures > mostFailures || !canGoOn(thrown)) throw broken(thrown, done);
      await transfer.clock.sleep(firstPauseMs * 2 ** (failures - 1), signal);
    }
  }
}

/** What lies behind `done` bytes. A server without ranges sends all again, of which the known part is dropped. */
async function* restOf(
  answer: Answer,
  done: number,
  validators: Validators,
  { bytesTotal, clock }: Transfer,
): AsyncGenerator<Buffer> {
  let skip = answer.partial ? 0 : done;
  const refused = refusal(answer, done, validators, bytesTotal);
  if (refused !== undefined) {
    answer.body.destroy();
    throw new KubeosError('SOURCE_REFUSED', refused);
  }
  const watch = startStallWatch(clock, stallMs, () =>
    answer.body.destroy(new KubeosError('STALLED', `Nothing came for ${stallMs / 60_000} minutes`)),
  );
  try {
    for await (const chunk of bytesOf(answer.body)) {
      watch.pause();
      if (skip >= chunk.length) skip -= chunk.length;
      else {
        yield skip === 0 ? chunk : chunk.subarray(skip);
        skip = 0;
      }
      watch.resume();
    }
  } finally {
    watch.stop();
  }
}

/** Why what came before and this answer are not parts of one payload. */
function refusal(
  { body, partial }: Answer,
  done: number,
  validators: Validators,
  bytesTotal: number | undefined,
): string | undefined {
  const changed = 'The payload changed while it was fetched';
  if (hasChanged(validators, validatorsOf(body))) return changed;
  if (!partial) return undefined;
  const range = parseRange(body.headers['content-range']);
  if (range?.start !== done) return `The server sent another range than from ${done} on`;
  const isKnown = range.total !== undefined && bytesTotal !== undefined;
  return isKnown && range.total !== bytesTotal ? changed : undefined;
}

function canGoOn(thrown: unknown): boolean {
  return !(thrown instanceof KubeosError) || hasCode(thrown, 'SHORT_BODY', 'SOURCE_UNREACHABLE');
}

function broken(thrown: unknown, done: number): KubeosError {
  if (thrown instanceof KubeosError) return thrown;
  return new KubeosError('SHORT_BODY', `The connection broke at byte ${done}, again and again`, {
    cause: thrown,
  });
}

function contentLength(body: IncomingMessage): number | undefined {
  const text = body.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

function validatorsOf(body: IncomingMessage): Validators {
  const etag = body.headers.etag;
  const lastModified = body.headers['last-modified'];
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}
