/** Paths of keys as people read them. */
import type { WrittenPath } from './written.ts';

/** Nobody reads further. */
const maxLength = 80;

/** `users[0].name`; names are quoted where TOML wants it, and cut where they are absurdly long. */
export function pathText(path: WrittenPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? keyText(part) : `${text}.${keyText(part)}`;
  }, '');
}

/** A part of a key; nothing in it moves the cursor of a terminal. */
function keyText(name: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(name)) return cut(name);
  const quoted = JSON.stringify(cut(name));
  return quoted.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return `\\u{${hex}}`;
  });
}

function cut(name: string): string {
  return name.length > maxLength ? `${name.slice(0, maxLength)}...` : name;
}
