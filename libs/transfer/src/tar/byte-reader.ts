import { KubeosError } from '@kubeos/core';

/** Reads a stream by counts of bytes. */
export interface ByteReader {
  /** Exactly so many bytes; `undefined` when the stream ended before the first of them. Throws `PAYLOAD_CORRUPT`. */
  take(length: number): Promise<Buffer | undefined>;
  /** Exactly so many bytes in pieces as they come; must be read to the end. Throws `PAYLOAD_CORRUPT`. */
  pieces(length: number): AsyncIterable<Buffer>;
  /** Reads and forgets what is left. */
  drain(): Promise<void>;
}

/** Reads by counts from chunks of any length. */
export function createByteReader(stream: AsyncIterable<Buffer>): ByteReader {
  const iterator = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  const refill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return false;
      rest = next.value;
    }
    return true;
  };

  const cut = (length: number): Buffer => {
    const piece = rest.subarray(0, length);
    rest = rest.subarray(piece.length);
    return piece;
  };

  async function* pieces(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (!(await refill())) throw new KubeosError('PAYLOAD_CORRUPT', 'The archive ends too early');
      const piece = cut(left);
      left -= piece.length;
      yield piece;
    }
  }

  return {
    pieces,
    take: async (length) => {
      if (!(await refill())) return undefined;
      if (rest.length >= length) return cut(length);
      const parts: Buffer[] = [];
      for await (const piece of pieces(length)) parts.push(piece);
      return Buffer.concat(parts);
    },
    drain: async () => {
      while (await refill()) rest = Buffer.alloc(0);
    },
  };
}
