import { describe, expect, it } from '@jest/globals';
import { hasChanged, rangeHeaders, rangeStart } from './ranges.ts';

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

describe('rangeStart', () => {
  it.each([
    ['bytes 5-9/10', 5],
    ['bytes 0-9/*', 0],
    ['bytes */10', undefined],
    ['items 5-9/10', undefined],
    [undefined, undefined],
  ])('reads %j', (text, start) => {
    expect(rangeStart(text)).toBe(start);
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
