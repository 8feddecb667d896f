import { describe, expect, it } from '@jest/globals';
import { parseWatchEvent } from './watch-event.ts';

const line = (type: string, object: object): string => JSON.stringify({ type, object });

describe('parseWatchEvent', () => {
  it.each([
    ['ADDED', 'upsert'],
    ['MODIFIED', 'upsert'],
    ['DELETED', 'delete'],
  ])('takes %s as %s', (type, kind) => {
    expect(parseWatchEvent(line(type, { a: 1 }))).toEqual({ kind, object: { a: 1 } });
  });

  it('reads the version of a bookmark', () => {
    const bookmark = line('BOOKMARK', { metadata: { resourceVersion: '7' } });

    expect(parseWatchEvent(bookmark)).toEqual({ kind: 'bookmark', resourceVersion: '7' });
  });

  it.each([
    [line('ERROR', { code: 410, message: 'too old' }), 'RESOURCE_EXPIRED'],
    [line('ERROR', {}), 'API_UNAVAILABLE'],
    [line('BOOKMARK', {}), 'API_UNAVAILABLE'],
    [line('NEWS', {}), 'API_UNAVAILABLE'],
    ['[]', 'API_UNAVAILABLE'],
  ])('throws for %s', (text, code) => {
    expect(() => parseWatchEvent(text)).toThrow(expect.objectContaining({ code }));
  });
});
