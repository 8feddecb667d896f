/** The arguments of a kernel line: what the kernel takes a word of GRUB for, and how GRUB is made to pass one on. */

/** One word of a kernel line. */
export interface KernelWord {
  /** The blanks before it, with the line breaks that a backslash takes away. */
  readonly gap: string;
  /** As it stands in the file. */
  readonly raw: string;
  /** What GRUB makes of it, without quotes; only what comes before the first variable. */
  readonly text: string;
  /** True when the rest, or all of it, is known to GRUB alone. */
  readonly hasVariable: boolean;
}

/** Everything before the first `=`; `undefined` when a variable of GRUB makes the name, or a part of it. */
export function keyOf({ text, hasVariable }: Omit<KernelWord, 'gap' | 'raw'>): string | undefined {
  const equals = text.indexOf('=');
  if (equals !== -1) return text.slice(0, equals);
  return hasVariable ? undefined : text;
}

/** Everything behind the first `=`; `undefined` for a bare key. Not the whole value where the word has a variable. */
export function valueOf({ text }: Pick<KernelWord, 'text'>): string | undefined {
  const equals = text.indexOf('=');
  return equals === -1 ? undefined : text.slice(equals + 1);
}

/**
 * The name under which the kernel knows a key: dashes and underscores are the same to it (kernel-parameters
 * documentation), and to systemd as well.
 */
export function nameOf(key: string): string {
  return key.replaceAll('-', '_');
}

/** True when the kernel knows a word under this name. */
export function isOf(word: KernelWord, name: string): boolean {
  const key = keyOf(word);
  return key !== undefined && nameOf(key) === name;
}

/** A word that makes GRUB pass on exactly this argument; without a value it is a bare key. */
export function kernelWord(gap: string, key: string, value: string | undefined): KernelWord {
  if (value === undefined) return { gap, raw: quote(key), text: key, hasVariable: false };
  const text = `${key}=${value}`;
  return { gap, raw: `${quote(key)}=${quote(value)}`, text, hasVariable: false };
}

/**
 * Single quotes keep everything as it is, and requests hold none. Blanks need nothing more: GRUB puts an argument with
 * blanks between double quotes (`grub-core/lib/cmdline.c`), and the kernel takes `"key=a b"` for `key="a b"`
 * (`next_arg` of `lib/cmdline.c`). Double quotes of our own would come to the kernel with a backslash before them.
 */
function quote(text: string): string {
  return /^[\w.,:/=+@%^~!-]*$/.test(text) ? text : `'${text}'`;
}

/**
 * How many characters the kernel gets for these words (its path first), counted as GRUB writes them: `BOOT_IMAGE=`, a
 * blank between words, quotes around those with blanks, a backslash before quotes and backslashes.
 */
export function commandLineLength(words: readonly KernelWord[]): number {
  const lengths = words.map(({ text }) => {
    const escapes = text.replace(/[^\\'"]+/g, '').length;
    return text.length + escapes + (text.includes(' ') ? 2 : 0);
  });
  return lengths.reduce((sum, length) => sum + 1 + length, 'BOOT_IMAGE'.length);
}
