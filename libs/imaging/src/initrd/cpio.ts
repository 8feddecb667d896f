/**
 * The archive that the kernel unpacks as its first root: cpio in the format "newc" (kernel documentation,
 * `driver-api/early-userspace/buffer-format`). Sorted, owned by root, all of one time: the same entries give the same
 * bytes.
 */

/** What stands at one path of the archive. */
export type CpioEntry =
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly executable: boolean }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'characterDevice'; readonly major: number; readonly minor: number };

const folder: CpioEntry = { kind: 'folder' };
const nothing = new Uint8Array(0);

/** Renders the archive; folders above an entry need not be named. Paths are relative, times are in seconds. */
export function renderCpio(
  entries: ReadonlyMap<string, CpioEntry>,
  epochSeconds: number,
): Uint8Array {
  const all = new Map(entries);
  for (const path of entries.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = path.slice(0, end);
      if (!all.has(above)) all.set(above, folder);
    }
  }
  // Byte order, and so every folder before what is in it.
  const paths = [...all.keys()].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const pieces = paths.flatMap((path, index) =>
    record(path, all.get(path) ?? folder, index + 1, epochSeconds),
  );
  return Buffer.concat([...pieces, ...record('TRAILER!!!', undefined, 0, 0)]);
}

function record(
  path: string,
  entry: CpioEntry | undefined,
  inode: number,
  epochSeconds: number,
): readonly Uint8Array[] {
  const content = entry === undefined ? nothing : contentOf(entry);
  const name = Buffer.from(`${path}\0`);
  const [major, minor] = entry?.kind === 'characterDevice' ? [entry.major, entry.minor] : [0, 0];
  const fields = [
    inode,
    entry === undefined ? 0 : modeOf(entry),
    // Owner, group.
    0,
    0,
    // Links: one, so that the kernel looks for no other name of the file.
    1,
    epochSeconds,
    content.length,
    // The device that the archive was made from.
    0,
    0,
    major,
    minor,
    name.length,
    // Only the format with sums has one.
    0,
  ];
  const header = Buffer.from(`070701${fields.map(hexadecimal).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

function hexadecimal(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}

/** Names and contents end at multiples of four. */
function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}

function contentOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'file') return entry.bytes;
  return entry.kind === 'link' ? Buffer.from(entry.target) : nothing;
}

function modeOf(entry: CpioEntry): number {
  switch (entry.kind) {
    case 'folder':
      return 0o040755;
    case 'file':
      return entry.executable ? 0o100755 : 0o100644;
    case 'link':
      return 0o120777;
    case 'characterDevice':
      return 0o020600;
  }
}
