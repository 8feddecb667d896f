/**
 * What a text without quotes means to kubelet, which reads its file with a library for YAML 1.1 (go-yaml 2, `resolve.go`):
 * `yes` is a truth value and `010` is eight, where YAML 1.2 has a text and ten.
 */
import { nothing, numberValue, type YamlOpaque, type YamlScalar } from './value.ts';

const words: ReadonlyMap<string, YamlScalar> = new Map([
  ...spellings('null', nothing),
  ...['y', 'yes', 'true', 'on'].flatMap((word) =>
    spellings(word, { kind: 'boolean', value: true }),
  ),
  ...['n', 'no', 'false', 'off'].flatMap((word) =>
    spellings(word, { kind: 'boolean', value: false }),
  ),
  ['', nothing] as const,
  ['~', nothing] as const,
]);

const infinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const date = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?$/;
const integer = /^[-+]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** The value of a plain scalar. */
export function readPlain(text: string): YamlScalar | YamlOpaque {
  const word = words.get(text);
  if (word !== undefined) return word;
  // Neither has a place in JSON, which kubelet makes of its file.
  if (infinite.test(text) || date.test(text)) return { kind: 'opaque', text };
  // A number that begins with its point may not hold `_`.
  const digits = /^[-+\d]/.test(text) ? text.replaceAll('_', '') : text;
  const whole = integer.test(digits) ? readInteger(digits) : undefined;
  if (whole !== undefined) return numberValue(whole);
  const value = float.test(digits) ? Number(digits) : Infinity;
  return Number.isFinite(value) ? numberValue(value) : { kind: 'string', value: text };
}

/** `undefined` beyond 64 bits, where the library goes on to try a float. */
function readInteger(text: string): bigint | undefined {
  // A zero in front makes an octal number, which JavaScript writes as `0o`.
  const size = BigInt(text.replace(/^[-+]/, '').replace(/^0(?=\d)/, '0o'));
  const value = text.startsWith('-') ? -size : size;
  return value < -(2n ** 63n) || value >= 2n ** 64n ? undefined : value;
}

function spellings(word: string, value: YamlScalar): readonly (readonly [string, YamlScalar])[] {
  const capital = word.charAt(0).toUpperCase();
  return [word, capital + word.slice(1), word.toUpperCase()].map((each) => [each, value] as const);
}
