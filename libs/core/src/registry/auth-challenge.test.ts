import { describe, expect, it } from '@jest/globals';
import { parseChallenges } from './auth-challenge.ts';

function read(header: string): unknown[] {
  return parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);
}

describe('a challenge', () => {
  it.each([
    ['Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
    [
      'Bearer realm="https://auth.example/token",service="r.example",scope="repository:kubeos/os:pull"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.example/token',
            service: 'r.example',
            scope: 'repository:kubeos/os:pull',
          },
        ],
      ],
    ],
    [
      'BEARER Realm = "a\\"b\\\\c" , error=invalid_token, Basic realm=plain',
      [
        ['bearer', { realm: 'a"b\\c', error: 'invalid_token' }],
        ['basic', { realm: 'plain' }],
      ],
    ],
    [
      'Negotiate, Basic',
      [
        ['negotiate', {}],
        ['basic', {}],
      ],
    ],
    ['realm="of nobody"', []],
    ['Basic realm="cut off', [['basic', {}]]],
    ['', []],
    [',, "', []],
  ])('%j is read', (header, challenges) => {
    const found = read(header);
    expect(found.slice(0, challenges.length)).toEqual(challenges);
  });

  it('takes no time however it is broken', () => {
    expect(read(`Bearer ${'realm="\\'.repeat(20_000)}`).length).toBeGreaterThan(0);
    expect(read(','.repeat(100_000))).toEqual([]);
  });
});
