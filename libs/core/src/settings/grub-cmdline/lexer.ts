/**
 * Cuts a `grub.cfg` into tokens as GRUB does: manual, "Shell-like scripting"; `grub-core/script/yylex.l` of 2.06, the
 * same in 2.12. No regular expression here repeats a group: on long texts that would exhaust the engine's stack.
 */

/** A word: one argument of a command, unless a variable makes none or several of it. */
export interface WordToken {
  readonly kind: 'word';
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
  /** As it stands there. */
  readonly raw: string;
  /** What GRUB makes of it, without quotes; only what comes before the first variable. */
  readonly text: string;
  /** True when the rest, or all of it, is known to GRUB alone. */
  readonly hasVariable: boolean;
}

/** What stands between the words. */
export interface MarkToken {
  /** End of a command; braces; something that GRUB's grammar has no place for, such as `&` or a lone `$`. */
  readonly kind: 'end' | 'open' | 'close' | 'fault';
  readonly start: number;
  readonly end: number;
}

/** A piece of a text, in reading order. */
export type Token = WordToken | MarkToken;

/** Why a text cannot be taken as GRUB takes it. */
export interface Fault {
  /** Where in the text; absent where the fault is of the whole text. */
  readonly at?: number;
  /** A sentence for people that quotes nothing of the text. */
  readonly message: string;
}

interface Piece {
  readonly kind: 'text' | 'variable' | 'quote' | 'translated' | 'fault';
  readonly pattern: RegExp;
  /** The text that it stands for; that which stands there if not given. */
  readonly text?: (raw: string) => string;
}

const lastOf = (raw: string): string => raw.slice(-1);
const nothing = (): string => '';

const variable: Piece = {
  kind: 'variable',
  pattern: /\$(?:[A-Za-z_]\w*|\d+|[?#*@]|\{(?:[A-Za-z_]\w*|\d+|[?#*@])\})/y,
  text: nothing,
};
const continuation: Piece = { kind: 'text', pattern: /\\\r*\n/y, text: nothing };

const barePieces: readonly Piece[] = [
  { kind: 'text', pattern: /[^{}|&$;<> \t\r\n'"\\]+/y },
  { kind: 'text', pattern: /'[^']*'/y, text: (raw) => raw.slice(1, -1) },
  continuation,
  { kind: 'text', pattern: /\\\r*[^\r\n]/y, text: lastOf },
  // GRUB drops each carriage return of a file; one before a newline is left for whoever keeps the line ends.
  { kind: 'text', pattern: /\r+(?![\r\n]|$)/y, text: nothing },
  variable,
  { kind: 'quote', pattern: /"/y, text: nothing },
  { kind: 'translated', pattern: /\$"/y, text: nothing },
];

const quotedPieces: readonly Piece[] = [
  { kind: 'text', pattern: /[^\\"$]+/y },
  { kind: 'quote', pattern: /"/y, text: nothing },
  variable,
  continuation,
  { kind: 'text', pattern: /\\\r*[$"\\]/y, text: lastOf },
  { kind: 'text', pattern: /\\/y },
  { kind: 'fault', pattern: /\$/y, text: nothing },
];

const marks: ReadonlyMap<string, MarkToken['kind']> = new Map([
  ['\n', 'end'],
  [';', 'end'],
  ['{', 'open'],
  ['}', 'close'],
  ['|', 'fault'],
  ['&', 'fault'],
  ['<', 'fault'],
  ['>', 'fault'],
  // Reached only where no variable begins.
  ['$', 'fault'],
]);

/** The tokens of a text, or what keeps GRUB from reading it to its end. Comments and blanks are no tokens. */
export function readTokens(script: string): readonly Token[] | Fault {
  const nul = script.indexOf('\0');
  if (nul !== -1) return { at: nul, message: 'There is a NUL character, which cuts off the line' };
  const tokens: Token[] = [];
  let at = skip(script, 0);
  while (at < script.length) {
    const token = readWord(script, at) ?? readMark(script, at);
    if ('message' in token) return token;
    tokens.push(token);
    at = skip(script, token.end);
  }
  return tokens;
}

/** The first place from here on where a token begins. */
function skip(script: string, from: number): number {
  let at = from;
  for (;;) {
    // A line that begins with # is dropped whole, so that it does not end a command that goes on behind it.
    const isFirstOfLine = at === 0 || script[at - 1] === '\n';
    const gaps = [/[ \t\r]+/y, continuation.pattern, isFirstOfLine ? /#[^\n]*\n?/y : /#[^\n]*/y];
    const length = gaps.map((gap) => match(gap, script, at).length).find((count) => count > 0);
    if (length === undefined) return at;
    at += length;
  }
}

/** The word that begins here; a fault when GRUB could not make one of it; `undefined` when there is none. */
function readWord(script: string, start: number): Token | Fault | undefined {
  const { end, text, isQuoted, hasFault, hasVariable } = readPieces(script, start);
  // The pieces of a quoted text end only with its quote, or with the file.
  if (isQuoted) return unclosed(start);
  if (end === start) return undefined;
  const raw = script.slice(start, end);
  if (raw.includes('\n#')) {
    return { at: start, message: 'A text goes on in a line that begins with #, which GRUB drops' };
  }
  if (hasFault) return { kind: 'fault', start, end };
  return { kind: 'word', start, end, raw, text, hasVariable };
}

function readPieces(script: string, start: number) {
  const word = { end: start, text: '', isQuoted: false, hasFault: false, hasVariable: false };
  for (;;) {
    const piece = readPiece(word.isQuoted ? quotedPieces : barePieces, script, word.end);
    if (piece === undefined) return word;
    const { kind, length, text } = piece;
    word.end += length;
    if (kind === 'quote' || kind === 'translated') word.isQuoted = !word.isQuoted;
    if (kind === 'variable' || kind === 'translated') word.hasVariable = true;
    if (kind === 'fault') word.hasFault = true;
    if (!word.hasVariable) word.text += text;
  }
}

function readPiece(pieces: readonly Piece[], script: string, at: number) {
  for (const { kind, pattern, text } of pieces) {
    const raw = match(pattern, script, at);
    if (raw !== '') {
      return { kind, length: raw.length, text: (text?.(raw) ?? raw).replaceAll('\r', '') };
    }
  }
  return undefined;
}

function readMark(script: string, at: number): MarkToken | Fault {
  const kind = marks.get(script.charAt(at));
  // What is left are the first characters of pieces that do not end.
  return kind === undefined ? unclosed(at) : { kind, start: at, end: at + 1 };
}

function unclosed(at: number): Fault {
  return { at, message: 'A quote is not closed, or a backslash is the last character' };
}

function match(pattern: RegExp, script: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(script)?.[0] ?? '';
}
