/**
 * The environment block of GRUB as bytes: `# GRUB Environment Block`, one `name=value` a line, `#` up to the end.
 *
 * Reading and changing follow `grub-core/lib/envblk.c` of GRUB 2.06 to the byte, quirks included, because what GRUB
 * makes of a block is what decides which slot boots. `\` and newline in a value are escaped by a `\` before them.
 */

/** Size of a block that `grub-editenv create` makes, in bytes. */
export const envBlockBytes = 1024;
/** Size of the one sector that is written at a time, in bytes. */
export const sectorBytes = 512;

const header = '# GRUB Environment Block\n';

/** A line of the block, with the text as it stands there (without the newline that ends it). */
export type EnvLine =
  | { readonly kind: 'comment'; readonly raw: string }
  | {
      readonly kind: 'variable';
      readonly raw: string;
      readonly name: string;
      readonly value: string;
    };

/** Splits a block into its lines; `undefined` when it does not begin with GRUB's signature. */
export function readEnvLines(block: Uint8Array): readonly EnvLine[] | undefined {
  const text = textOf(block);
  return text.startsWith(header) ? scan(text).lines : undefined;
}

/** What `load_env` sets: where a name comes twice, the last one wins. */
export function envVariables(lines: readonly EnvLine[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const line of lines) if (line.kind === 'variable') variables.set(line.name, line.value);
  return variables;
}

/** A line that gives the variable this value. */
export function envVariable(name: string, value: string): EnvLine {
  const raw = `${name}=${value.replace(/[\\\n]/g, (character) => `\\${character}`)}`;
  return { kind: 'variable', raw, name, value };
}

/** Renders lines into a block of this many bytes; `undefined` when they do not fit. */
export function renderEnvLines(lines: readonly EnvLine[], bytes: number): Uint8Array | undefined {
  const text = header + lines.map((line) => `${line.raw}\n`).join('');
  return text.length <= bytes ? bytesOf(text.padEnd(bytes, '#')) : undefined;
}

/**
 * What `save_env` leaves behind after one variable was set: the first line of that name is replaced or a new one is
 * appended. `undefined` when GRUB refuses: no signature, a broken end, or no room.
 */
export function setEnvVariable(
  block: Uint8Array,
  name: string,
  value: string,
): Uint8Array | undefined {
  const text = textOf(block);
  if (!text.startsWith(header)) return undefined;
  const { lines, end } = scan(text);
  if (!/^#*$/.test(text.slice(end))) return undefined;
  const first = lines.findIndex((line) => line.kind === 'variable' && line.name === name);
  const next = envVariable(name, value);
  return renderEnvLines(first < 0 ? [...lines, next] : lines.with(first, next), block.length);
}

/** Reads whole lines from behind the header; `end` is where padding, or a line without an end, begins. */
function scan(text: string): { readonly lines: readonly EnvLine[]; readonly end: number } {
  const lines: EnvLine[] = [];
  let start = header.length;
  while (start < text.length) {
    const line = lineAt(text, start);
    if (line === undefined) break;
    lines.push(line);
    start += line.raw.length + 1;
  }
  return { lines, end: start };
}

function lineAt(text: string, start: number): EnvLine | undefined {
  const isComment = text[start] === '#';
  // As in GRUB a name ends only at `=`, even past a newline.
  const equals = isComment ? start : text.indexOf('=', start);
  if (equals < 0) return undefined;
  const end = endOfLine(text, isComment ? start : equals + 1);
  if (end === undefined) return undefined;
  const raw = text.slice(start, end);
  if (isComment) return { kind: 'comment', raw };
  const value = text.slice(equals + 1, end).replace(/\\([^])/g, '$1');
  return { kind: 'variable', raw, name: text.slice(start, equals), value };
}

function endOfLine(text: string, from: number): number | undefined {
  // The padding has no newline: nothing there needs to be looked at one by one.
  if (!text.includes('\n', from)) return undefined;
  for (let at = from; at < text.length; at += text[at] === '\\' ? 2 : 1) {
    if (text[at] === '\n') return at;
  }
  return undefined;
}

// A block is bytes, not text: one character a byte keeps whatever others wrote into it.
function textOf(bytes: Uint8Array): string {
  let text = '';
  // All at once is several times faster than byte by byte, but a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += envBlockBytes) {
    const part = bytes.subarray(at, at + envBlockBytes);
    text += Reflect.apply(String.fromCharCode, undefined, part) as string;
  }
  return text;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
