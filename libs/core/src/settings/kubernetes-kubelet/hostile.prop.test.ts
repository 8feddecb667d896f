import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeFile } from './file.fixture.ts';
import { planKubelet } from './index.ts';
import { planFile } from './plan.fixture.ts';
import { chooseBy, makeEdit } from './values.fixture.ts';

const numbers = fc.array(fc.nat(999), { minLength: 20, maxLength: 300, size: 'max' });
const kubeletFile = numbers.map((row) => makeFile(row, []));
const edit = numbers.map((row) => makeEdit(chooseBy(row, [])));

describe('a plan for a hostile file', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString'];

  it('reaches no prototype', () => {
    const text = fc
      .tuple(
        fc.constantFrom(...names),
        fc.constantFrom(...names),
        fc.constantFrom('1', '{__proto__: {polluted: 1}}'),
      )
      .map(
        ([outer, inner, value]) =>
          `${outer}:\n  ${inner}: ${value}\nfeatureGates: {${inner}: true}\n`,
      );
    const key = fc
      .array(fc.constantFrom('featureGates', ...names), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('.'));
    const value = fc.constantFrom<unknown>(true, JSON.parse('{"__proto__": true}'), {});
    const settings = fc.array(fc.record({ key, value, operation: fc.constantFrom('', 'delete') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(text, settings, (file, request) => {
        const first = planFile(file, request);
        expect(planFile(first.text, request).text).toBe(first.text);
        expect(Object.keys(Object.prototype)).toEqual([]);
        expect('polluted' in {}).toBe(false);
      }),
    );
  });

  const pieces = [
    ...[
      'a',
      ': ',
      ':',
      '- ',
      '-',
      '? ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '\n',
      '\n  ',
      '\r\n',
      '\r',
      '\t',
    ],
    ...[
      '# c',
      '|',
      '|+',
      '>-',
      '&a ',
      '*a',
      '!!int ',
      '! ',
      '!<x> ',
      '<<: ',
      '"',
      "'",
      '\\',
      '%YAML 1.1\n',
    ],
    ...[
      '---\n',
      '...\n',
      '~',
      '1',
      '010',
      'yes',
      '2026-01-31',
      '.inf',
      '__proto__',
      '\0',
      '\ud800',
    ],
    ...['\uFEFF', '\u2028', '\u0085', '😀', 'evictionHard:', 'maxPods: 1\n', 'kind: Config\n'],
  ];

  it('answers any text, and any request', () => {
    const piece = fc.constantFrom(...pieces);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((some) => some.join('')),
      fc.tuple(kubeletFile, fc.nat(), piece).map(([file, at, inserted]) => {
        const place = at % (file.text.length + 1);
        return file.text.slice(0, place) + inserted + file.text.slice(place);
      }),
      fc.tuple(piece, fc.nat(1000)).map(([some, count]) => some.repeat(count)),
    );
    const settings = fc.array(
      fc.oneof(
        edit,
        fc.record({ key: fc.string(), value: fc.anything(), operation: fc.string() }),
        fc.record({
          key: fc.constantFrom('a', 'maxPods', 'evictionHard.a', 'evictionHard'),
          operation: fc.constant('delete'),
        }),
      ),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(text, settings, (file, request) => {
        const first = planKubelet(file, request);
        if (first.kind === 'unreadable') {
          expect(first.message).toMatch(/^Expected /);
          return;
        }
        const second = planKubelet(first.text, request);
        expect(second).toMatchObject({ kind: 'planned', text: first.text });
      }),
    );
  });
});
