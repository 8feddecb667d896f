import { describe, expect, it } from '@jest/globals';
import { hasChanged, parseRange, rangeHeaders } from './ranges.ts';

describe('rangeHeaders', () => {
  it.each([
    [0, { etag: '"a"' }, {}],
    [5, { etag: '"a"', lastModified: 'Mon' }, { Range: 'bytes=5-', 'If-Range': '"a"' }],
    [5, { etag: 'W/"a"', lastModified: 'Mon' }, { Range: 'bytes=5-', 'If-Range': 'Mon' }],
    [5, { etag: 'W/"a"' }, { Range: 'bytes=5-' }],
    [5, {}, { Range: 'bytes=5-' }],
  ])('asks from byte %i on with %j', (offset, validators, headers) => {
    expect(rangeHeaders(offset, validators)).toEqual(headers);
  });
});

describe('parseRange', () => {
  it.each([
    ['bytes 5-9/10', { start: 5, total: 10 }],
    ['bytes 0-9/*', { start: 0 }],
    ['bytes */10', undefined],
    ['items 5-9/10', undefined],
    [undefined, undefined],
  ])('reads %j', (text, range) => {
    expect(parseRange(text)).toEqual(range);
  });
});

describe('hasChanged', () => {
  it.each([
    [{ etag: '"a"' }, { etag: '"b"' }, true],
    [{ etag: '"a"', lastModified: 'Mon' }, { etag: '"a"', lastModified: 'Tue' }, false],
    [{ lastModified: 'Mon' }, { lastModified: 'Tue' }, true],
    [{ lastModified: 'Mon' }, { etag: '"a"' }, false],
    [{}, {}, false],
  ])('compares %j with %j', (first, now, changed) => {
    expect(hasChanged(first, now)).toBe(changed);
  });
});
