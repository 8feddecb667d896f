/** A beginning of a stream, and the whole stream with it. */
export interface Peeked {
  /** As many bytes as were asked for; fewer when the stream is shorter. */
  readonly header: Buffer;
  readonly all: AsyncIterable<Buffer>;
  /** Lets go of the stream. To be called in the end, because nobody else does where `all` was never read. */
  close(): Promise<void>;
}

/** Looks at the start of a stream. The given stream must not be read any more; `all` takes its place. */
export async function peek(stream: AsyncIterable<Buffer>, length: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const taken: Buffer[] = [];
  let takenBytes = 0;
  while (takenBytes < length) {
    const next = await iterator.next();
    if (next.done === true) break;
    taken.push(next.value);
    takenBytes += next.value.length;
  }
  return {
    header: Buffer.concat(taken).subarray(0, length),
    all: rejoin(taken, iterator),
    close: async () => {
      await iterator.return?.();
    },
  };
}

async function* rejoin(
  taken: readonly Buffer[],
  iterator: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    yield* taken;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** The same stream, with each chunk shown to somebody on its way. */
export async function* observe(
  stream: AsyncIterable<Buffer>,
  look: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    look(chunk);
    yield chunk;
  }
}
