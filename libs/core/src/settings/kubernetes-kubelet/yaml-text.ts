/** Values as YAML that every reader takes for the same, whichever version of YAML it follows. */
import type { BlockStyle } from './layout.ts';
import type { ScalarStyle } from './node.ts';
import type { YamlList, YamlMap, YamlValue } from './value.ts';

/** Words that one version of YAML or another takes for a truth value, for none, or for a number. */
const reserved = /^(?:y|yes|n|no|true|false|on|off|null|nan|inf)$/i;
const word = /^[A-Za-z/][\w./@+-]*$/;
/** As `word`, with colons within, which not every reader lets through in braces and brackets. */
const address = /^[A-Za-z/][\w./@+-]*(?::[\w./@+-]+)*$/;
/** Texts that begin with a digit and are no number for anybody: `1h30m`, `200Mi`, `15%`, `10.96.0.10`, `10.0.0.0/8`. */
const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+$/;
const quantity = /^\d+(?:\.\d+)?(?:[KMGTPE]i|[kKMGTP]|%)$/;
const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/;
const plain = [word, duration, quantity, ipv4];

/** What goes behind a key or dash of a block. A text is plain only where the style is and it can be. */
export function inlineText(value: YamlValue, style: ScalarStyle): string {
  const isAddress = value.kind === 'string' && style === 'plain' && address.test(value.value);
  return isAddress && !reserved.test(value.value) ? value.value : flowText(value, style);
}

/** A value as it may also be in braces and brackets. `style` is for keys too. */
export function flowText(value: YamlValue, style: ScalarStyle): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value.value);
    case 'string':
      return stringText(value.value, style);
    case 'list':
      return `[${value.items.map((item) => flowText(item, style)).join(', ')}]`;
    case 'map': {
      const entries = [...value.entries].map(
        ([name, item]) => `${stringText(name, style)}: ${flowText(item, style)}`,
      );
      return `{${entries.join(', ')}}`;
    }
    default:
      return value.text;
  }
}

/** A text or key. */
export function stringText(text: string, style: ScalarStyle): string {
  const isPlain = !reserved.test(text) && plain.some((pattern) => pattern.test(text));
  if (style === 'plain' && isPlain) return text;
  const isOneLine = !/[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/u.test(text);
  return style === 'single' && isOneLine ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

/** JSON's escapes are YAML's; YAML wants a few more characters escaped. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The lines of a map or list that is not empty, as a block. */
export function blockLines(value: YamlMap | YamlList, style: BlockStyle): readonly string[] {
  return value.kind === 'map'
    ? [...value.entries].flatMap(([name, item]) => entryLines(name, item, style))
    : value.items.flatMap((item) => itemLines(item, style));
}

/** The lines of one entry of a block. */
export function entryLines(name: string, value: YamlValue, style: BlockStyle): readonly string[] {
  const key = `${stringText(name, 'plain')}:`;
  if (!hasLines(value)) return [`${key} ${inlineText(value, 'plain')}`];
  return [key, ...blockLines(value, style).map((line) => ' '.repeat(style[value.kind]) + line)];
}

/** The lines of one item of a block. */
export function itemLines(
  value: YamlValue,
  style: BlockStyle,
  textStyle: ScalarStyle = 'plain',
): readonly string[] {
  if (!hasLines(value)) return [`- ${inlineText(value, textStyle)}`];
  return blockLines(value, style).map((line, index) => (index === 0 ? '- ' : '  ') + line);
}

/** True for what is a block of lines where nothing else is asked for. */
export function hasLines(value: YamlValue): value is YamlMap | YamlList {
  return (
    (value.kind === 'map' && value.entries.size > 0) ||
    (value.kind === 'list' && value.items.length > 0)
  );
}
