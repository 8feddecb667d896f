import { StringDecoder } from 'node:string_decoder';

/** Reads one JSON value of each line, whatever the pieces are in which the bytes come. */
export class JsonLines {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** The values of the lines that these bytes complete. Throws `SyntaxError` for a line that is no JSON. */
  push(bytes: Uint8Array): readonly unknown[] {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.filter((line) => line.trim() !== '').map((line): unknown => JSON.parse(line));
  }
}
