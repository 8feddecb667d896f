/** Reads the name of a kernel parameter as sysctl(8) and sysctl.d(5) do. */
import { hasControlCharacter } from '../characters.ts';

/** The path of a parameter below `/proc/sys`, or why the key names none. */
export type SysctlKey = { readonly path: string } | { readonly reason: string };

/**
 * The path that a key names. If the first separator is a dot, dots separate and slashes stand for dots, as in
 * `net.ipv4.conf.eth0/100.forwarding`; if it is a slash, slashes separate and dots are what they are.
 */
export function parseSysctlKey(key: string): SysctlKey {
  if (key === '') return { reason: 'The key is empty' };
  if (hasControlCharacter(key) || /\s/.test(key)) {
    return { reason: 'The key holds a blank or a control character' };
  }
  const path = separateBySlash(key);
  const parts = path.split('/');
  // This also keeps absolute paths out: they begin with an empty part.
  if (parts.includes('')) {
    return { reason: 'The key has an empty part: a separator at an end, or two in a row' };
  }
  if (parts.includes('.') || parts.includes('..')) {
    return { reason: 'The key has a part . or .., which would lead to another place' };
  }
  return { path };
}

/** A key with slashes as separators, whichever it came with. */
export function separateBySlash(key: string): string {
  if (/[./]/.exec(key)?.[0] !== '.') return key;
  return key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}
