import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Setting } from '../setting.ts';
import { ownConfig, upstreamConfig } from './grub-config.fixture.ts';
import { planKernelLine } from './index.ts';
import { kernelGets } from './kernel-reader.fixture.ts';
import { keyOf, type KernelWord } from './argument.ts';
import { lineOf, parseGrubConfig } from './parse.ts';
import { planned } from './planned.fixture.ts';
import { renderGrubConfig } from './render.ts';

const keys = ['console', 'quiet', 'panic', 'a-b', 'a_b', 'dyndbg', '__proto__', 'constructor'];
const values = ['1', '2', 'ttyS0', 'a b', '$x', '{;}', 'x=y', "it's", 'a"b"', '#', ' '];
const key = fc.constantFrom(...keys);
const value = fc.constantFrom('', ...values);
const settings: fc.Arbitrary<readonly Setting[]> = fc.array(
  fc.record({ key, value, operation: fc.constantFrom('', 'delete', 'other') }),
  { maxLength: 6 },
);

/** Ways to write the same word. */
const spellings: readonly ((text: string) => string)[] = [
  (text) => text.replace(/[^\w=]/g, '\\$&'),
  (text) => `"${text.replace(/["$\\]/g, '\\$&')}"`,
  (text) => `'${text.replaceAll("'", `'\\''`)}'`,
];
const word = fc
  .tuple(key, value, fc.boolean(), fc.constantFrom(...spellings))
  .map(([name, text, isBare, spell]) => spell(isBare ? name : `${name}=${text}`));
const args = fc.array(
  fc.tuple(fc.constantFrom(' ', '  ', ' \t'), fc.oneof(word, fc.constantFrom('ro', "''", '--'))),
  { maxLength: 8 },
);
interface Line {
  readonly words: readonly string[];
  readonly text: string;
}
const line = (root: string): fc.Arbitrary<Line> =>
  args.map((pieces) => ({
    words: pieces.map(([, raw]) => raw),
    text: `linux /v root=${root}${pieces.map(([gap, raw]) => gap + raw).join('')}`,
  }));
const configs = fc
  .record({
    a: line('aa'),
    b: line('bb'),
    end: fc.constantFrom('\n', '\r\n'),
    isSwapped: fc.boolean(),
  })
  .map(({ a, b, end, isSwapped }) => ({
    a,
    b,
    // Entries that are named may come in any order.
    build: (first: string, second: string): string => {
      const text = isSwapped
        ? upstreamConfig(second, first).replace(/KubeOS-[AB]|'[AB]'/g, (name) => {
            return name.replace(/[AB]/, (slot) => (slot === 'A' ? 'B' : 'A'));
          })
        : upstreamConfig(first, second);
      return text.replaceAll('\n', end);
    },
  }));

const argsOf = (text: string): readonly KernelWord[] => {
  const parsed = parseGrubConfig(text);
  return parsed.kind === 'parsed' ? lineOf(parsed.config, 'A').args : [];
};
const nameOf = (text: string): string => text.replaceAll('-', '_');

/** What the kernel of A gets for each name, in order. */
const valuesOf = (text: string): ReadonlyMap<string, readonly (string | undefined)[]> => {
  const found = new Map<string, (string | undefined)[]>();
  for (const [name, got] of kernelGets(text, 'root=aa')) {
    found.set(name, [...(found.get(name) ?? []), got]);
  }
  return found;
};

/** Equal values in a row are one for every reader. */
const collapsed = (found: readonly (string | undefined)[]): readonly (string | undefined)[] =>
  found.filter((each, place) => place === 0 || each !== found[place - 1]);

/** What the values of a key become by settings that can be carried out. */
function expected(
  before: readonly (string | undefined)[],
  wishes: readonly Setting[],
): readonly (string | undefined)[] {
  const asked = (operation: boolean): readonly (string | undefined)[] =>
    wishes
      .filter((wish) => (wish.operation === 'delete') === operation)
      .map((wish) => (wish.value === '' ? undefined : String(wish.value)));
  const sets = [...new Set(asked(false))];
  return sets.length > 0
    ? sets
    : before.filter((each) => !asked(true).includes(each === '' ? undefined : each));
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      ...['{', '}', "'", '"', '\\', '$', '#', ';', '\n', '\r', ' ', '=', '|', '\0', '\ud800'],
      ...['menuentry ', 'linux /v root=', 'A', 'B', '--id ', 'KubeOS-A', 'if ', 'kubeos.slot='],
    ),
    maxLength: 60,
  }),
  fc.constantFrom('__proto__', 'constructor', '\uFEFF', 'a=b', 'root', 'ü', '\u00a0'),
);
const huge = [
  '{'.repeat(20_000),
  `${'a {\n'.repeat(5_000)}${'}\n'.repeat(5_000)}`,
  "'".repeat(19_999),
  `"${'\\"'.repeat(50_000)}"`,
  `'${'x'.repeat(2_000_000)}'`,
  '\r'.repeat(200_000),
  `a${'\r'.repeat(200_000)}\n`,
  '\\\n'.repeat(20_000),
  ' '.repeat(2_000_000),
  '$'.repeat(20_000),
  `linux ${'a '.repeat(20_000)}`,
  'linux /v root=a\n'.repeat(5_000),
  '#'.repeat(2_000_000),
];

describe('a grub.cfg', () => {
  it('is rendered as it was read, byte for byte', () => {
    fc.assert(
      fc.property(configs, hostile, ({ build, a, b }, text) => {
        for (const each of [build(a.text, b.text), text, upstreamConfig() + text, ownConfig()]) {
          const parsed = parseGrubConfig(each);
          if (parsed.kind === 'parsed') expect(renderGrubConfig(parsed.config)).toBe(each);
        }
      }),
    );
  });

  it('keeps all that is not asked for, byte for byte', () => {
    fc.assert(
      fc.property(configs, settings, ({ a, b, build }, wanted) => {
        const { text } = planned(build(a.text, b.text), wanted);
        const changed = /linux \/v root=aa[^\r\n]*/.exec(text)?.[0] ?? '';
        expect(text).toBe(build(changed, b.text));
        const asked = new Set(wanted.map((wish) => nameOf(wish.key)));
        const others = argsOf(text).filter((each) => !asked.has(nameOf(keyOf(each) ?? '')));
        const before = argsOf(build(a.text, b.text));
        expect(others).toEqual(before.filter((each) => !asked.has(nameOf(keyOf(each) ?? ''))));
      }),
    );
  });

  it('makes the kernel get what is asked for, and nothing where a setting is refused', () => {
    fc.assert(
      fc.property(configs, settings, ({ a, b, build }, wanted) => {
        const text = build(a.text, b.text);
        const before = valuesOf(text);
        const plan = planned(text, wanted);
        const after = valuesOf(plan.text);
        for (const name of new Set([...before.keys(), ...wanted.map((wish) => nameOf(wish.key))])) {
          const isAsked = (each: { readonly key: string }): boolean => nameOf(each.key) === name;
          const refused = plan.settings
            .filter(isAsked)
            .filter((each) => each.outcome === 'refused');
          const wishes = wanted.filter(isAsked);
          expect([0, wishes.length]).toContain(refused.length);
          const old = before.get(name) ?? [];
          const wished = refused.length > 0 ? old : expected(old, wishes);
          expect(collapsed(after.get(name) ?? [])).toEqual(collapsed(wished));
        }
      }),
    );
  });

  it('is not changed by the same request again', () => {
    fc.assert(
      fc.property(configs, settings, ({ a, b, build }, wanted) => {
        const first = planned(build(a.text, b.text), wanted);
        const again = planned(first.text, wanted);
        expect(again.text).toBe(first.text);
        expect(again.settings.map(({ outcome, reason }) => ({ outcome, reason }))).toEqual(
          first.settings.map(({ outcome, reason }) =>
            outcome === 'refused' ? { outcome, reason } : { outcome: 'unchanged' },
          ),
        );
      }),
    );
  });

  it('has an unchanged text exactly when no setting changes it', () => {
    fc.assert(
      fc.property(configs, settings, ({ a, b, build }, wanted) => {
        const text = build(a.text, b.text);
        const plan = planned(text, wanted);
        const isIdle = plan.settings.every(({ outcome }) => /unchanged|refused/.test(outcome));
        expect(plan.text === text).toBe(isIdle);
      }),
    );
  });

  it('never makes a plan throw, whatever is in it or asked for', () => {
    const wild = fc.array(
      fc.record(
        {
          key: fc.oneof(hostile, key),
          value: fc.oneof(hostile, fc.jsonValue()),
          operation: fc.constantFrom('', 'delete', 'x'),
        },
        { requiredKeys: ['key'] },
      ),
      { maxLength: 5 },
    );
    const texts = fc.oneof(
      hostile,
      hostile.map((text) => upstreamConfig(`linux /v root=aa ${text}`)),
      fc.tuple(hostile, hostile).map(([start, end]) => start + ownConfig() + end),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom('A', 'B'), wild, (text, slot, wanted) => {
        const plan = planKernelLine(text, slot, wanted);
        if (plan.kind === 'unreadable') return;
        expect(plan.settings.map((each) => each.key)).toEqual(wanted.map((each) => each.key));
        const again = planKernelLine(plan.text, slot, wanted);
        expect(again).toMatchObject({ kind: 'planned', text: plan.text });
      }),
    );
  });

  it.each(huge.map((text) => [text.slice(0, 8), text]))('may be huge: %j', (_start, text) => {
    for (const each of [
      text,
      upstreamConfig(`linux /v root=aa ${text}`),
      upstreamConfig() + text,
    ]) {
      const plan = planKernelLine(each, 'A', [{ key: 'quiet', value: text }, { key: 'a' }]);
      expect(['planned', 'unreadable']).toContain(plan.kind);
    }
  });
});
