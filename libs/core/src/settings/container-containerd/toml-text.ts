/** Values and keys as text: as TOML 1.0 writes them, which is what every containerd reads, and as a preview shows them. */
import type { TomlValue } from './value.ts';

/** A part of a key; quoted only where it has to be. */
export function keyText(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : basicString(name);
}

/** A key of several parts. */
export function pathText(names: readonly string[]): string {
  return names.map(keyText).join('.');
}

/** A value as the file writes it, on one line. */
export function tomlText(value: TomlValue): string {
  switch (value.kind) {
    case 'string':
      return basicString(value.value);
    case 'float':
      return floatText(value.value);
    case 'list':
      return `[${value.items.map(tomlText).join(', ')}]`;
    case 'table': {
      if (value.entries.size === 0) return '{}';
      const entries = [...value.entries].map(
        ([name, item]) => `${keyText(name)} = ${tomlText(item)}`,
      );
      return `{ ${entries.join(', ')} }`;
    }
    default:
      return String(value.value);
  }
}

/** A value for a preview: a text or time as it is, all else as JSON. */
export function previewText(value: TomlValue): string {
  return value.kind === 'string' || value.kind === 'date-time' ? value.value : jsonText(value);
}

function jsonText(value: TomlValue): string {
  switch (value.kind) {
    case 'list':
      return `[${value.items.map(jsonText).join(',')}]`;
    case 'table': {
      const members = [...value.entries].map(
        ([name, item]) => `${JSON.stringify(name)}:${jsonText(item)}`,
      );
      return `{${members.join(',')}}`;
    }
    case 'float':
      return Number.isFinite(value.value)
        ? floatText(value.value)
        : JSON.stringify(floatText(value.value));
    case 'integer':
    case 'boolean':
      return String(value.value);
    default:
      return JSON.stringify(value.value);
  }
}

/** A float keeps a decimal point, without which `1` would be an integer. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', 'inf').toLowerCase();
  const text = String(value);
  return text.includes('.') ? text : text.replace(/(?=e|$)/, '.0');
}

/** JSON's escapes are TOML's; TOML wants DEL escaped too. */
function basicString(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}
