/** Direct I/O wants offsets, lengths and memory at multiples of the sector; whole pages satisfy every disk. */
export const pageBytes = 4096;

/**
 * Memory that starts at a page, as O_DIRECT needs it, open(2). V8 backs an ArrayBuffer that could be resized by whole
 * pages of its own; other buffers start wherever malloc(3) puts them.
 */
export function allocateAligned(length: number): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(length, { maxByteLength: length }));
}

/** The length in whole pages. */
export function roundUpToPage(length: number): number {
  return Math.ceil(length / pageBytes) * pageBytes;
}
