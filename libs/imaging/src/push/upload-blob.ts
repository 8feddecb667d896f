import { open, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode, KubeosError, type Descriptor } from '@kubeos/core';
import { storageError } from '@kubeos/host';
import type { RegistryClient } from '@kubeos/transfer';

/** Where a piece of an image goes. */
export interface BlobTarget {
  readonly client: RegistryClient;
  readonly repository: string;
  readonly signal: AbortSignal;
  /** Waits before the next attempt; default: so many milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Longer pieces go in parts of this length, so that little is sent again when a connection breaks. */
const partBytes = 16 * 1024 * 1024;
const answerTimeoutMs = 10 * 60_000;
const mostFailures = 5;
const firstPauseMs = 1000;

/**
 * Puts a piece of an image into a repository, unless it is there already. Takes broken connections up again where the
 * registry says that it has come. Throws `REGISTRY_DENIED`, the source codes, `STORAGE_FAILED`.
 *
 * @returns false when it was there
 */
export async function uploadBlob(
  target: BlobTarget,
  blob: Descriptor,
  path: string,
): Promise<boolean> {
  if (await isThere(target, blob)) return false;
  const file = await openFile(path);
  try {
    await upload(target, blob, file);
    return true;
  } finally {
    await file.close();
  }
}

async function isThere(
  { client, repository, signal }: BlobTarget,
  { digest, size }: Descriptor,
): Promise<boolean> {
  const path = `/v2/${repository}/blobs/${digest}`;
  const answer = await client.send(path, { method: 'HEAD', headers: {} }, signal);
  if (answer.statusCode === 404) {
    answer.destroy();
    return false;
  }
  if (answer.statusCode !== 200) throw await client.failure(answer, `the layer ${digest}`);
  answer.destroy();
  const length = Number(answer.headers['content-length'] ?? size);
  if (length === size) return true;
  throw new KubeosError(
    'SOURCE_REFUSED',
    `${client.base.host} has ${length} bytes under ${digest}, which is of ${size}`,
  );
}

/** An upload that has begun. */
interface Session {
  location: URL;
  done: number;
}

async function upload(target: BlobTarget, blob: Descriptor, file: FileHandle): Promise<void> {
  const wait = target.pause ?? ((milliseconds: number) => pause(milliseconds, undefined, target));
  let session: Session | undefined;
  let most = 0;
  let failures = 0;
  for (;;) {
    try {
      session ??= await begin(target, blob);
      await sendAll(target, blob, file, session);
      return;
    } catch (thrown) {
      target.signal.throwIfAborted();
      failures = hasMoved(session, most) ? 1 : failures + 1;
      most = Math.max(most, session?.done ?? 0);
      if (failures > mostFailures || !canGoOn(thrown)) throw thrown;
      await wait(firstPauseMs * 2 ** (failures - 1));
      session = await resume(target, session, blob);
    }
  }
}

/** Only what has never come before counts: a registry that forgets what it got must not be tried for ever. */
function hasMoved(session: Session | undefined, most: number): boolean {
  return session !== undefined && session.done > most;
}

function canGoOn(thrown: unknown): boolean {
  return hasCode(thrown, 'SOURCE_UNREACHABLE', 'SOURCE_NOT_FOUND', 'STALLED');
}

async function begin(target: BlobTarget, { digest }: Descriptor): Promise<Session> {
  const { client, repository, signal } = target;
  const path = `/v2/${repository}/blobs/uploads/`;
  const request = { method: 'POST', headers: {}, body: Buffer.alloc(0) };
  const answer = await client.send(path, request, signal);
  if (answer.statusCode !== 202) throw await client.failure(answer, `an upload of ${digest}`);
  return { location: nextLocation(client, answer, new URL(path, client.base)), done: 0 };
}

async function sendAll(
  target: BlobTarget,
  blob: Descriptor,
  file: FileHandle,
  session: Session,
): Promise<void> {
  const isShort = blob.size <= partBytes && session.done === 0;
  while (!isShort && session.done < blob.size) {
    const part = await readPart(file, session.done, Math.min(partBytes, blob.size - session.done));
    const end = session.done + part.length - 1;
    const answer = await send(target, 'PATCH', session.location, part, {
      'Content-Range': `${session.done}-${end}`,
    });
    if (answer.statusCode !== 202) {
      throw await target.client.failure(answer, `a part of ${blob.digest}`);
    }
    session.location = nextLocation(target.client, answer, session.location);
    session.done += part.length;
  }
  const rest = isShort ? await readPart(file, 0, blob.size) : Buffer.alloc(0);
  const last = new URL(session.location);
  last.searchParams.set('digest', blob.digest);
  const answer = await send(target, 'PUT', last, rest, {});
  if (answer.statusCode !== 201) throw await target.client.failure(answer, blob.digest);
  answer.destroy();
}

function send(
  { client, signal }: BlobTarget,
  method: string,
  url: URL,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const all = { 'Content-Type': 'application/octet-stream', ...headers };
  return client.send(url, { method, headers: all, body, timeoutMs: answerTimeoutMs }, signal);
}

/** Where an upload goes on; `undefined` where it has to begin anew. */
async function resume(
  target: BlobTarget,
  session: Session | undefined,
  blob: Descriptor,
): Promise<Session | undefined> {
  try {
    return session && (await askHowFar(target, session, blob));
  } catch {
    return undefined;
  }
}

async function askHowFar(
  { client, signal }: BlobTarget,
  { location }: Session,
  { size }: Descriptor,
): Promise<Session | undefined> {
  const answer = await client.send(location, { headers: {} }, signal);
  answer.destroy();
  const end = /^(?:bytes=)?0-(\d+)$/u.exec(answer.headers.range ?? '')?.[1];
  if (answer.statusCode !== 204 || end === undefined) return undefined;
  // Registries tell 0-0 of an upload of nothing as of one byte; one byte alone is never sent as a part.
  const done = end === '0' ? 0 : Number(end) + 1;
  if (done > size) return undefined;
  const next = answer.headers.location;
  return { location: next === undefined ? location : client.resolve(next, location), done };
}

function nextLocation(client: RegistryClient, answer: IncomingMessage, from: URL): URL {
  answer.destroy();
  const { location } = answer.headers;
  if (location !== undefined) return client.resolve(location, from);
  throw new KubeosError('SOURCE_REFUSED', `${client.base.host} does not say where an upload goes`);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (thrown) {
    throw storageError(thrown, `Cannot read ${path}`);
  }
}

async function readPart(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const part = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(part, done, length - done, start + done);
    if (bytesRead === 0) {
      throw new KubeosError('STORAGE_FAILED', 'A file of the image is shorter than its index says');
    }
    done += bytesRead;
  }
  return part;
}
