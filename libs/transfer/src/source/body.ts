import type { IncomingMessage } from 'node:http';

/** So much may wait for the receiver before the connection is told to pause. */
const mostQueuedBytes = 256 * 1024;

/**
 * The bytes of a body. Where its length is known they are taken from the connection itself: the parser of node:http
 * copies every piece and its stream handles it again, which together cost as much as the hash of the payload. Throws
 * what the connection was destroyed with, or that it broke.
 */
export function bytesOf(body: IncomingMessage): AsyncIterable<Buffer> {
  const length = Number(body.headers['content-length'] ?? Number.NaN);
  const isFramed = body.headers['transfer-encoding'] !== undefined || !Number.isSafeInteger(length);
  return isFramed ? body : takeOver(body, length);
}

function takeOver(body: IncomingMessage, length: number): AsyncIterable<Buffer> {
  const { socket } = body;
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let missingBytes = length;
  let wake = (): void => undefined;

  const take = (chunk: Buffer): void => {
    // What goes on behind the announced length belongs to nobody.
    const piece = chunk.length > missingBytes ? chunk.subarray(0, missingBytes) : chunk;
    missingBytes -= piece.length;
    queue.push(piece);
    queuedBytes += piece.length;
    if (queuedBytes >= mostQueuedBytes) socket.pause();
    wake();
  };

  socket.removeAllListeners('data');
  socket.on('data', take);
  socket.once('close', () => wake());
  // It misses the end of the body now, and says so when the connection is closed, which is no news where all has come.
  body.on('error', () => undefined);
  // What came with the headers has gone through the parser.
  for (let chunk = read(body); chunk !== null; chunk = read(body)) take(chunk);

  const next = async (): Promise<IteratorResult<Buffer>> => {
    for (;;) {
      const value = queue.shift();
      if (value !== undefined) {
        queuedBytes -= value.length;
        return { done: false, value };
      }
      if (missingBytes === 0) return end();
      if (socket.destroyed) throw body.errored ?? new Error('The connection was closed');
      await new Promise<void>((resolve) => {
        wake = resolve;
        socket.resume();
      });
    }
  };
  const end = (): IteratorReturnResult<undefined> => {
    socket.destroy();
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: async () => end() }) };
}

function read(body: IncomingMessage): Buffer | null {
  return body.read() as Buffer | null;
}
