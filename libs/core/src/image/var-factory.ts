/**
 * `/var` of an image, which is on PERSIST and starts empty: what packages put there lies in `/usr/share/factory/var`, and
 * systemd-tmpfiles(8) makes it anew from a line for each of its entries.
 */
import { compareText } from '../compare-text.ts';

/** Something below `/var`, as it was in the tree that packages were installed to. */
export type VarEntry = {
  /** Absolute: `/var/lib/dpkg`. */
  readonly path: string;
} & (
  | {
      readonly kind: 'dir' | 'file';
      /** Permissions with set-uid, set-gid and sticky bits. */
      readonly mode: number;
      /** Name or number. */
      readonly user: string | number;
      readonly group: string | number;
    }
  | { readonly kind: 'symlink'; readonly target: string }
);

/**
 * The text for `/usr/lib/tmpfiles.d`. Each entry keeps its mode and owner, whatever the umask of the build was (B-68).
 * Files are copied from the place below `/usr/share/factory` that has their name, where they are not there yet.
 */
export function varFactoryText(entries: readonly VarEntry[]): string {
  const sorted = [...entries].sort((a, b) => compareText(a.path, b.path));
  return sorted.map((entry) => `${lineOf(entry)}\n`).join('');
}

function lineOf(entry: VarEntry): string {
  const path = escaped(entry.path);
  if (entry.kind === 'symlink') return `L ${path} - - - - ${escaped(entry.target)}`;
  const mode = (entry.mode & 0o7777).toString(8).padStart(4, '0');
  const type = entry.kind === 'dir' ? 'd' : 'C';
  return `${type} ${path} ${mode} ${entry.user} ${entry.group} - -`;
}

/** Both paths and targets have their escapes of C undone first, and then their specifiers. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%').replaceAll(/[\0-\x20"'\\\x7f]/g, (character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
    return `\\x${hex}`;
  });
}
