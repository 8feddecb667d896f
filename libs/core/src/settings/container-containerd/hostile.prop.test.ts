import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planContainerd } from './index.ts';
import { planFile } from './plan.fixture.ts';
import { tomlFile } from './toml.fixture.ts';

const numbers = fc.array(fc.nat(999), { minLength: 20, maxLength: 400, size: 'max' });
const files = (from?: readonly string[]) => numbers.map((list) => tomlFile(list, from));

describe('a plan for a hostile file', () => {
  const hostile = ['__proto__', 'constructor', 'prototype', 'a'];

  it('reaches no prototype', () => {
    const key = fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 3 });
    const settings = fc.array(
      fc.record({
        key: key.map((parts) => parts.join('.')),
        value: fc.constantFrom<unknown>(1, 'x', [1], JSON.parse('{"__proto__": {"polluted": 1}}')),
        operation: fc.constantFrom('', 'delete'),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(files(hostile), settings, (text, request) => {
        const first = planFile(text, request);
        expect(planFile(first.text, request).text).toBe(first.text);
        expect(Object.keys(Object.prototype)).toEqual([]);
        expect('polluted' in {}).toBe(false);
      }),
    );
  });

  const pieces = [
    '[',
    ']',
    '{',
    '}',
    '=',
    '.',
    ',',
    '"',
    "'",
    '"""',
    '#',
    '\n',
    '\r\n',
    '\r',
    ' ',
    '\\',
    '\0',
  ];
  const words = [
    'a',
    'b',
    '0',
    '1',
    '-',
    'e',
    'inf',
    'true',
    '1979-05-27',
    '__proto__',
    '\ud800',
    '\uFEFF',
    '😀',
  ];

  it('answers any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...pieces, ...words), maxLength: 40 }),
      fc.tuple(files(), fc.nat(), fc.constantFrom(...pieces, ...words)).map(([file, at, piece]) => {
        const place = at % (file.length + 1);
        return file.slice(0, place) + piece + file.slice(place);
      }),
      fc
        .tuple(fc.constantFrom(...pieces, ...words, 'a.', '{a=', '[[', '[a]\n'), fc.nat(30_000))
        .map(([piece, count]) => `a = ${piece.repeat(count)}`),
    );
    const request = [
      { key: 'a.b', value: { c: [1] } },
      { key: 'b', value: 'x' },
      { key: 'c', operation: 'delete' },
    ];
    fc.assert(
      fc.property(text, (file) => {
        const first = planContainerd(file, request);
        if (first.kind !== 'planned') return;
        const second = planFile(first.text, request);
        expect(second.text).toBe(first.text);
        expect(planContainerd(file, [])).toMatchObject({ text: file });
      }),
    );
  });

  it('answers any request', () => {
    const setting = fc.record({
      key: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'a.b', '__proto__.x')),
      value: fc.anything(),
      operation: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(setting), (request) => {
        const first = planFile(undefined, request);
        expect(first.settings.map(({ key }) => key)).toEqual(request.map(({ key }) => key));
        expect(planFile(first.text, request).text).toBe(first.text);
      }),
    );
  });
});
