/** What a request for the kernel line may hold: a key with or without a value. */
import { notScalar, scalarText } from '../scalar.ts';
import type { Setting } from '../setting.ts';
import { nameOf } from './argument.ts';
import { kernelCommands } from './kernel-lines.ts';

/** What is known of every setting of a request. */
interface Asked {
  /** Its place in the request. */
  readonly index: number;
  /** As the request wrote it. */
  readonly key: string;
}

/** One setting that can be asked of a kernel line. */
export interface ArgumentWish extends Asked {
  readonly kind: 'set' | 'delete';
  /** `undefined` for a bare key; never the empty text. */
  readonly value: string | undefined;
}

/** One setting that cannot. */
export interface RefusedArgument extends Asked {
  readonly kind: 'refused';
  /** A sentence for people without the value. */
  readonly reason: string;
}

/** One setting of a request. */
export type ArgumentRequest = ArgumentWish | RefusedArgument;

/** Arguments that tell which system of the node starts, and the boot loader's word for it. */
const protectedNames: ReadonlySet<string> = new Set(['root', 'kubeos.slot', 'kubeos.why']);

/** What is said of what a slot may not boot without. */
export const protectedReason =
  'It tells which system starts: with another one the slot may not boot';

/** Reads one setting of a request. */
export function readArgumentRequest(setting: Setting, index: number): ArgumentRequest {
  const { key, operation } = setting;
  const value = readValue(setting.value);
  const reason = keyProblem(key) ?? value.reason;
  if (reason !== undefined) return { index, key, kind: 'refused', reason };
  return { index, key, kind: operation === 'delete' ? 'delete' : 'set', value: value.text };
}

function keyProblem(key: string): string | undefined {
  if (key === '') return 'The key is empty';
  if (key.includes('=')) return 'The key holds =, which stands between key and value';
  if (key.includes(' ') || !isPassedOn(key)) {
    return 'The key has to be of printable ASCII characters without blanks, quotes and backslashes';
  }
  if (key === '--') return 'What comes behind -- is for init, not for the kernel';
  const isCommand = kernelCommands.has(key);
  return isCommand || protectedNames.has(nameOf(key)) ? protectedReason : undefined;
}

/**
 * The text of a value, without the double quotes that the kernel takes off too: for upstream, which puts a value into the
 * file as it is, one with blanks had to be written with them.
 */
function readValue(value: unknown): { readonly text?: string; readonly reason?: string } {
  const written = scalarText(value);
  if (written === undefined) return { reason: notScalar };
  if (written === '') return {};
  const text = /^"([^"]+)"$/.exec(written)?.[1] ?? written;
  if (isPassedOn(text)) return { text };
  return {
    reason: 'The value has to be of printable ASCII characters without quotes and backslashes',
  };
}

/**
 * True when GRUB hands a text to the kernel as it is. It puts a backslash before quotes and backslashes, which the kernel
 * takes for a part of the value, and lets tabs stand bare (`grub-core/lib/cmdline.c`). The kernel takes the byte 0xA0,
 * which many letters have in UTF-8, for a blank (`lib/ctype.c`).
 */
function isPassedOn(text: string): boolean {
  return /^[ -~]*$/.test(text) && !/["'\\]/.test(text);
}
