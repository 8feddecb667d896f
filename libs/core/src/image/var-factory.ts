/**
 * `/var` of an image, which is on PERSIST and starts empty: what packages put there lies in `/usr/share/factory/var`, and
 * systemd-tmpfiles(8) makes it anew from a line for each of its entries.
 */
import { compareText } from '../compare-text.ts';
import { KubeosError } from '../errors/kubeos-error.ts';

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

/** Where systemd-tmpfiles copies from when a line does not say it. */
const factory = '/usr/share/factory';

/**
 * The text for `/usr/lib/tmpfiles.d`. Each entry keeps its mode and owner, whatever the umask of the build was (B-68).
 * Files are copied from the place below `/usr/share/factory` that has their name, where they are not there yet. Throws
 * `INVALID_CONFIGURATION` for names with control characters, which not every systemd can read.
 */
export function varFactoryText(entries: readonly VarEntry[]): string {
  const sorted = [...entries].sort((a, b) => compareText(a.path, b.path));
  return sorted.map((entry) => `${lineOf(entry)}\n`).join('');
}

function lineOf(entry: VarEntry): string {
  const path = pathField(entry.path);
  if (entry.kind === 'symlink') return `L ${path} - - - - ${argument(entry.target)}`;
  const mode = (entry.mode & 0o7777).toString(8).padStart(4, '0');
  const fields = `${path} ${mode} ${entry.user} ${entry.group} -`;
  if (entry.kind === 'dir') return `d ${fields} -`;
  // What it makes of such a path by itself depends on its version.
  return `C ${fields} ${isPlain(entry.path) ? '-' : argument(factory + entry.path)}`;
}

function isPlain(path: string): boolean {
  return !/[\s"'\\%]/u.test(path);
}

/** Newer versions undo the escapes of C in here, older ones take a backslash away; both have specifiers. */
function pathField(path: string): string {
  if (/\p{Cc}/u.test(path)) {
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      `${JSON.stringify(path)} has a control character in its name: move it away from /var in the image`,
    );
  }
  const text = path.replaceAll('%', '%%');
  return isPlain(path) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** The rest of a line, in which every version undoes the escapes of C and then specifiers. */
function argument(text: string): string {
  return text.replaceAll('%', '%%').replaceAll(/[\0-\x20"'\\\x7f]/g, (character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
    return `\\x${hex}`;
  });
}
