import { KubeosError } from '@kubeos/core';
import { ext4Length, fileSystemHeaderBytes } from './ext4.ts';

/** How a payload is wrapped. */
export type Encoding = 'plain' | 'gzip' | 'zstd' | 'xz';

/** What a payload is, unwrapped. */
export type Content =
  { readonly kind: 'image'; readonly fileSystemBytes: number } | { readonly kind: 'tar' };

/** So many bytes at the start tell the encoding. */
export const encodingHeaderBytes = 6;

/** So many unwrapped bytes at the start tell the content. */
export const contentHeaderBytes = fileSystemHeaderBytes;

const magics: readonly (readonly [Encoding, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];

/** Tells the encoding by its magic number, never by the name of a file. */
export function recogniseEncoding(header: Buffer): Encoding {
  const found = magics.find(([, magic]) => magic.every((byte, index) => header[index] === byte));
  return found?.[0] ?? 'plain';
}

/** Tells the content by its magic number. Throws `PAYLOAD_UNKNOWN`. */
export function recogniseContent(header: Buffer): Content {
  const fileSystemBytes = ext4Length(header);
  if (fileSystemBytes !== undefined) return { kind: 'image', fileSystemBytes };
  if (header.toString('latin1', 257, 262) === 'ustar') return { kind: 'tar' };
  throw new KubeosError(
    'PAYLOAD_UNKNOWN',
    'The payload is neither an ext4 file system nor a tar archive',
  );
}
