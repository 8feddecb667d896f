import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FilePlan, Setting } from '../setting.ts';
import { planLimits } from './index.ts';
import { parseLimits } from './parse.ts';
import { renderLimits } from './render.ts';

const domains = fc.constantFrom('a', '*', '@g', '%g', '1:2');
const types = fc.constantFrom('soft', 'hard', '-');
const items = fc.constantFrom('core', 'nice', 'maxlogins');
const values = fc.constantFrom('1', '2', '-1', 'unlimited');
const gap = fc.constantFrom(' ', '\t', '  \t');
const tails = fc.constantFrom('', ' ', ' # c', '#soft', '\t\r');
const limitLine = fc
  .tuple(domains, gap, types, gap, items, gap, values, tails)
  .map((columns) => columns.join(''));
const line = fc.oneof(
  { weight: 4, arbitrary: limitLine },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '  ', '# a soft core 1', ' #', 'a -', 'a soft core'),
  },
);
const texts = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n'))), fc.oneof(fc.constant(''), line))
  .map(([lines, last]) => lines.map(([text, end]) => text + end).join('') + last);

const or = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 3, arbitrary: part }, { weight: 1, arbitrary: fc.constant('_') });
const settings: fc.Arbitrary<readonly Setting[]> = fc.array(
  fc.record({
    key: domains,
    value: fc.tuple(or(types), or(items), or(values)).map((parts) => parts.join('.')),
    operation: fc.constantFrom('', 'delete', 'update'),
  }),
  { maxLength: 6 },
);
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('#', '-', '_', '.', 'a', ' ', '\t', '\r', '\n', '\0') }),
  fc.constantFrom('__proto__', 'constructor', '\uFEFF', 'soft.core.1', '\ud800'),
  fc.constant(`a${' '.repeat(10_000)}b${' '.repeat(10_000)}c d`),
);

type Planned = Extract<FilePlan, { kind: 'planned' }>;
const plan = (text: string, wanted: readonly Setting[]): Planned => {
  const planned = planLimits(text, wanted);
  if (planned.kind !== 'planned') throw new Error('not planned');
  return planned;
};

/** What pam_limits makes of the text for a domain: the last line of a limit counts. */
const inForce = (text: string, domain: string): ReadonlyMap<string, string> => {
  const limits = new Map<string, string>();
  for (const whole of text.split('\n')) {
    const columns = (whole.split('#')[0] ?? '').trim().split(/[ \t]+/);
    const [found, type = '', item = '', value] = columns;
    if (found !== domain || value === undefined) continue;
    const of = item === 'maxlogins' || type === '-' ? ['soft', 'hard'] : [type];
    for (const each of of) limits.set(`${each}.${item}`, value);
  }
  return limits;
};

describe('limits.conf', () => {
  it('is rendered as it was read, byte for byte', () => {
    fc.assert(
      fc.property(fc.oneof(texts, hostile), (text) => {
        const file = parseLimits(text);
        if (file.kind === 'parsed') expect(renderLimits(file.lines)).toBe(text);
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
      fc.property(hostile, wild, (text, wanted) => {
        const planned = planLimits(text, wanted);
        if (planned.kind === 'unreadable') return;
        expect(planned.settings.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
        expect(planLimits(planned.text, wanted)).toMatchObject({ text: planned.text });
      }),
    );
  });

  it('has nothing left to change when the same is planned again', () => {
    fc.assert(
      fc.property(texts, settings, (text, wanted) => {
        const first = plan(text, wanted);
        const again = plan(first.text ?? '', wanted);
        expect(again.text).toBe(first.text);
        expect(again.settings.map(({ outcome, reason }) => [outcome, reason])).toEqual(
          first.settings.map(({ outcome, reason }) =>
            outcome === 'refused' ? [outcome, reason] : ['unchanged', undefined],
          ),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('puts what was set into force, and leaves no line of what was deleted', () => {
    fc.assert(
      fc.property(texts, settings, (text, wanted) => {
        const planned = plan(text, wanted);
        for (const [index, { key, outcome }] of planned.settings.entries()) {
          const { value, operation } = wanted[index] ?? {};
          const [type = '', item = '', limit = ''] = String(value).split('.');
          if (outcome === 'refused' || [type, item, limit].includes('_')) continue;
          const after = inForce(planned.text ?? '', key);
          if (operation === 'delete') {
            const pattern = new RegExp(`^[ \t]*\\${key}[ \t]+${type}[ \t]+${item}[ \t]+\\S`, 'm');
            expect(planned.text).not.toMatch(pattern);
          } else {
            const of = type === '-' ? ['soft', 'hard'] : [type];
            for (const each of of) expect(after.get(`${each}.${item}`)).toBe(limit);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the lines of other domains, and all but the value of a changed one', () => {
    fc.assert(
      fc.property(texts, settings, (text, all) => {
        const wanted = all.map((setting) => ({ ...setting, key: 'a', operation: '' }));
        const planned = plan(text, wanted).text ?? '';
        const blank = (each: string): string =>
          each.replace(/^(a[ \t]+\S+[ \t]+\S+[ \t]+)[^\s#]+/, '$1').replace(/\r+$/, '');
        const before = text.split('\n').map(blank);
        const after = planned.split('\n').map(blank);
        if (before.at(-1) === '') before.pop();
        expect(after.slice(0, before.length)).toEqual(before);
        for (const added of after.slice(before.length)) expect(added).toMatch(/^(a .*)?$/);
      }),
    );
  });
});
