/** What a request for live kernel parameters may hold. */
import { hasControlCharacter } from '../characters.ts';
import { notScalar, scalarText } from '../scalar.ts';
import type { Setting } from '../setting.ts';
import { parseSysctlKey } from './parse.ts';
import { renderSysctlValue } from './render.ts';

/** One parameter that is to have a value. */
export interface SysctlWish {
  /** Below `/proc/sys`. */
  readonly path: string;
  /** As it is written, without the final newline. */
  readonly value: string;
}

/** A setting that cannot be done. */
export interface SysctlRefusal {
  readonly reason: string;
  /** Absent when the key names no parameter. */
  readonly path?: string;
}

/** Reads one setting of a request. */
export function readSysctlWish(setting: Setting): SysctlWish | SysctlRefusal {
  const key = parseSysctlKey(setting.key);
  if ('reason' in key) return key;
  const { path } = key;
  if (setting.operation === 'delete') {
    return { path, reason: 'A running kernel has all its parameters: none can be deleted' };
  }
  if (setting.operation !== undefined && setting.operation !== '') {
    return { path, reason: 'The operation is not known: leave it empty to set the value' };
  }
  const value = readSysctlValue(setting.value);
  if ('reason' in value) return { path, reason: value.reason };
  if (value.text === '') return { path, reason: emptyValue };
  return { path, value: value.text };
}

/** What is said of a value without text: neither the kernel nor `sysctl.conf` has a way to unset a parameter. */
export const emptyValue = 'The value is empty';

/** The text of a value, without the blanks around it, or why it has none. */
export function readSysctlValue(
  value: unknown,
): { readonly text: string } | { readonly reason: string } {
  const whole = scalarText(value);
  if (whole === undefined) return { reason: notScalar };
  // Tabs are blanks here: lists are pasted with them from what the kernel prints.
  if (hasControlCharacter(whole.replaceAll('\t', ' '))) {
    return { reason: 'The value holds a line break or another control character' };
  }
  return { text: renderSysctlValue(whole) };
}
