import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Setting } from '../setting.ts';
import { planSysctlFile } from './index.ts';
import { parseSysctlFile } from './parse.ts';
import { renderSysctlFile } from './render.ts';

const ends = fc.constantFrom('\n', '\r\n');
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('=', '#', ';', '-', '.', '/', 'a', ' ', '\t', '\r', '\n') }),
  fc.constantFrom('__proto__', 'constructor', '\0', '\uFEFF', 'a.b', '\ud800'),
  fc.constant(`a=${' '.repeat(10_000)}b`),
  fc.constant('\r'.repeat(5_000)),
);
const keys = fc.constantFrom('a.b', 'a/b', '-a.b', 'net.x/1.y', 'net/x.1/y', 'c', '__proto__');
const values = fc.constantFrom('1', '2', '1 2', 'x # y', '', '=');
const blanks = fc.constantFrom('', ' ', '\t ', '\v');
const line = fc.oneof(
  fc
    .tuple(blanks, keys, blanks, blanks, values, blanks)
    .map(([a, key, b, c, value, d]) => `${a}${key}${b}=${c}${value}${d}`),
  fc.constantFrom('# a.b=1', '\t; c=2', '', '  ', 'c 1', '-a.b', '=', '\uFEFFa.b=1', 'é=ü'),
);
const texts = fc
  .tuple(fc.array(fc.tuple(line, ends)), fc.oneof(fc.constant(''), line))
  .map(([lines, last]) => lines.map(([text, end]) => text + end).join('') + last);
const settings: fc.Arbitrary<readonly Setting[]> = fc.array(
  fc.record(
    { key: keys, value: values, operation: fc.constantFrom('', 'delete', 'update') },
    { requiredKeys: ['key', 'value'] },
  ),
  { maxLength: 6 },
);

/** What systemd and sysctl(8) make of the text: the last line of a parameter counts. */
const readAll = (text: string): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const whole of text.split('\n')) {
    const match = /^[ \t\v\r]*-?([^=]+)=([^]*)$/.exec(whole);
    if (match === null || /^[ \t\v\r]*[#;]/.test(whole)) continue;
    const [key = '', value = ''] = match
      .slice(1)
      .map((part) => part.replace(/^[ \t\v\r]+|[ \t\v\r]+$/g, ''));
    found.set(pathOf(key), [...(found.get(pathOf(key)) ?? []), value]);
  }
  return found;
};
const pathOf = (key: string): string =>
  key.search(/[./]/) >= 0 && key[key.search(/[./]/)] === '.'
    ? key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))
    : key;

describe('sysctl.conf', () => {
  it('is rendered as it was read, byte for byte', () => {
    fc.assert(
      fc.property(fc.oneof(texts, hostile), (text) => {
        const file = parseSysctlFile(text);
        if (file.kind === 'parsed') expect(renderSysctlFile(file.lines)).toBe(text);
      }),
    );
  });

  it('never makes a plan throw, whatever is in it or asked for', () => {
    const wild = fc.array(
      fc.record(
        {
          key: hostile,
          value: fc.oneof(hostile, fc.jsonValue()),
          operation: fc.constantFrom('', 'delete', 'x'),
        },
        { requiredKeys: ['key'] },
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(fc.option(hostile, { nil: undefined }), wild, (text, wanted) => {
        const plan = planSysctlFile(text, wanted);
        if (plan.kind === 'unreadable') return;
        expect(plan.settings.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
        expect(planSysctlFile(plan.text, wanted)).toEqual(
          expect.objectContaining(plan.text === undefined ? {} : { text: plan.text }),
        );
      }),
    );
  });

  it('has nothing left to change when the same is planned again', () => {
    fc.assert(
      fc.property(texts, settings, (text, wanted) => {
        const first = planSysctlFile(text, wanted);
        if (first.kind !== 'planned') throw new Error('not planned');
        const again = planSysctlFile(first.text, wanted);
        if (again.kind !== 'planned') throw new Error('not planned again');
        expect(again.text).toBe(first.text);
        expect(again.settings.map(({ outcome, reason }) => [outcome, reason])).toEqual(
          first.settings.map(({ outcome, reason }) =>
            outcome === 'refused' ? [outcome, reason] : ['unchanged', undefined],
          ),
        );
      }),
    );
  });

  it('says to every reader what was wished, and nothing else of other keys', () => {
    fc.assert(
      fc.property(texts, settings, (text, wanted) => {
        const plan = planSysctlFile(text, wanted);
        if (plan.kind !== 'planned') throw new Error('not planned');
        const before = readAll(text);
        const after = readAll(plan.text ?? '');
        const touched = new Set<string>();
        for (const [index, { key, outcome }] of plan.settings.entries()) {
          if (outcome === 'refused') continue;
          const path = pathOf(key.replace(/^-/, ''));
          touched.add(path);
          const isDelete = wanted[index]?.operation === 'delete';
          const found = new Set(after.get(path));
          expect(found).toEqual(new Set(isDelete ? [] : [wanted[index]?.value]));
        }
        for (const [path, found] of before) {
          if (!touched.has(path)) expect(after.get(path)).toEqual(found);
        }
      }),
    );
  });

  it('keeps the lines that are not spoken of', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('1', '7'), (text, value) => {
        const plan = planSysctlFile(text, [{ key: 'a.b', value }]);
        if (plan.kind !== 'planned') throw new Error('not planned');
        const lines = text.split('\n');
        const planned = (plan.text ?? '').split('\n');
        const kept = lines.filter((each) => !/a[./]b/.test(each)).map((each) => each.trimEnd());
        const left = planned.filter((each) => !/a[./]b/.test(each)).map((each) => each.trimEnd());
        expect(left.filter(Boolean)).toEqual(kept.filter(Boolean));
      }),
    );
  });
});
