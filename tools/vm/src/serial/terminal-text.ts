import { StringDecoder } from 'node:string_decoder';

const escape = String.fromCharCode(27);
const bell = String.fromCharCode(7);

// ECMA-48: control sequences, operating system commands, character sets, and all that has one character.
const sequences = new RegExp(
  `${escape}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)|[()*+#%].|[^\\[\\]()*+#%])`,
  'gu',
);
/** A sequence whose rest is still to come. */
const unfinished = new RegExp(
  `(?:${escape}(?:\\[[0-?]*[ -/]*|\\][^${bell}${escape}]*${escape}?|[()*+#%])?|\\r+)$`,
  'u',
);
/** No sequence is longer; what claims to be one is text then. */
const longestSequence = 256;
const others = new RegExp(
  `[${String.fromCharCode(0)}-${String.fromCharCode(8)}${String.fromCharCode(11)}-${String.fromCharCode(31)}]`,
  'gu',
);

/** Makes text of the bytes of a terminal: without colours, cursor movements and other controls, lines end with `\n`. */
export class TerminalText {
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  /** The text that these bytes complete. */
  push(bytes: Uint8Array): string {
    const all = this.#held + this.#decoder.write(bytes);
    const start = unfinished.exec(all)?.index ?? all.length;
    const end = all.length - start > longestSequence ? all.length : start;
    this.#held = all.slice(end);
    return all
      .slice(0, end)
      .replaceAll(sequences, '')
      .replaceAll(/\r+\n/gu, '\n')
      .replaceAll(others, '');
  }
}
