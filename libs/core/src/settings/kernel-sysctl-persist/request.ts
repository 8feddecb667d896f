/** What a request for `sysctl.conf` may hold. */
import { parseSysctlKey } from '../kernel-sysctl/parse.ts';
import { emptyValue, readSysctlValue } from '../kernel-sysctl/request.ts';
import type { Setting } from '../setting.ts';

/** One assignment that is to be in the file, or to go. */
export interface SysctlFileWish {
  readonly kind: 'set' | 'delete';
  /** Below `/proc/sys`, the same for all spellings of a key. */
  readonly path: string;
  /** How a new line spells the key. */
  readonly spelling: string;
  /** The value to be set, or the one that is to go. */
  readonly value: string;
}

/**
 * Reads one setting of a request. A `-` before the key is for a new line, where it says that the parameter may fail; it
 * is no part of the name, so lines are found with and without it and keep what they have.
 */
export function readSysctlFileWish(setting: Setting): SysctlFileWish | { readonly reason: string } {
  const spelling = setting.key;
  const key = parseSysctlKey(spelling.startsWith('-') ? spelling.slice(1) : spelling);
  if ('reason' in key) return key;
  if (spelling.includes('=') || /^[#;]/.test(spelling)) {
    return {
      reason: 'The key holds = or begins a comment, so that its line would say something else',
    };
  }
  const value = readSysctlValue(setting.value);
  if ('reason' in value) return value;
  const kind = setting.operation === 'delete' ? 'delete' : 'set';
  if (kind === 'set' && value.text === '') return { reason: emptyValue };
  return { kind, path: key.path, spelling, value: value.text };
}
