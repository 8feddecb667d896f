/** Names of settings that lie in tables within tables: `plugins."io.containerd.grpc.v1.cri".sandbox_image`. */

/** The parts of a key, from the outermost table inwards, or what is wrong with it. */
export type KeyPath =
  | { readonly kind: 'ok'; readonly parts: readonly string[] }
  /** `message` is a sentence for people that quotes nothing of the key. */
  | { readonly kind: 'problem'; readonly message: string };

/** No configuration comes near it; what walks a path part by part may rely on it. */
const maxParts = 64;
// One part, and whether another one follows.
const part = /("[^"]*"|'[^']*'|[^.'"]*)(\.|$)/uy;
const control = /[\p{Cc}\u2028\u2029]/u;

/**
 * Splits a key at its dots. A part in `"..."` or `'...'` keeps its dots and loses its quotes; the other quotes may stand
 * in it, and there are no escapes. A control character is refused because a key goes into status and logs.
 */
export function parseKeyPath(key: string): KeyPath {
  if (!key.isWellFormed()) return problem('The key is not valid Unicode');
  if (control.test(key)) return problem('The key holds a control character');
  const parts: string[] = [];
  for (let start = 0; parts.length < maxParts;) {
    part.lastIndex = start;
    const [text, written, dot] = part.exec(key) ?? [];
    if (text === undefined || written === undefined) {
      return problem('The quotes of the key do not enclose whole parts of it');
    }
    const name = unquote(written);
    if (name.trim() === '') return problem('The key has an empty part');
    if (written !== written.trim()) {
      return problem('A part of the key that begins or ends with a blank has to be quoted');
    }
    parts.push(name);
    if (dot === '') return { kind: 'ok', parts };
    start += text.length;
  }
  return problem(`The key has more than ${maxParts} parts`);
}

/** Both kinds of quotes group and are no part of the name. */
function unquote(written: string): string {
  return /^["']/u.test(written) ? written.slice(1, -1) : written;
}

function problem(message: string): KeyPath {
  return { kind: 'problem', message };
}
