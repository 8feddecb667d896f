/** What a server said of the resource, kept to go on where a connection broke. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/**
 * The headers that ask for the rest of a resource, RFC 9110 section 14. `If-Range` makes the server send the whole
 * again when it has changed; a weak ETag is not allowed there.
 */
export function rangeHeaders(
  offset: number,
  validators: Validators,
): Readonly<Record<string, string>> {
  if (offset === 0) return {};
  const range = { Range: `bytes=${offset}-` };
  const { etag, lastModified } = validators;
  if (etag !== undefined && !etag.startsWith('W/')) return { ...range, 'If-Range': etag };
  return lastModified === undefined ? range : { ...range, 'If-Range': lastModified };
}

/** What a partial answer is a part of. */
export interface PartialRange {
  readonly start: number;
  /** Length of the whole; absent when the server does not tell. */
  readonly total?: number;
}

/** Reads a `Content-Range`; `undefined` when it is absent or not one of bytes. */
export function parseRange(contentRange: string | undefined): PartialRange | undefined {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/u.exec(contentRange ?? '') ?? [];
  if (start === undefined) return undefined;
  return { start: Number(start), ...(total === '*' ? {} : { total: Number(total) }) };
}

/** True when both answers name a version and it is not the same one. */
export function hasChanged(first: Validators, now: Validators): boolean {
  if (first.etag !== undefined && now.etag !== undefined) return first.etag !== now.etag;
  if (first.lastModified === undefined || now.lastModified === undefined) return false;
  return first.lastModified !== now.lastModified;
}
