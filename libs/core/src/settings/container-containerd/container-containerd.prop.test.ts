import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import type { Setting, SettingPlan } from '../setting.ts';
import { parseToml } from './parse.ts';
import { planFile, type PlannedFile } from './plan.fixture.ts';
import { renderToml } from './render.ts';
import * as fixture from './toml.fixture.ts';
import type { TomlValue } from './value.ts';

type Members = Record<string, unknown>;

interface Edit extends Setting {
  readonly path: readonly string[];
}

const wanted = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>('', 'a # "b"\n', true, 0, 1.5, 1e-7, -3, null),
    fc.string(),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'd.e', 'new'), tie('value'), { maxKeys: 2 }),
  ),
})).value;

const numbers = fc.array(fc.nat(999), { minLength: 20, maxLength: 400, size: 'max' });
const tomlFile = () => numbers.map((list) => fixture.tomlFile(list));

/** What may replace a value, as a rule: another one of its type. */
function valueLike(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value === 'number') return fc.oneof(fc.integer(), fc.constantFrom(1.5, -1e-9));
  if (typeof value === 'string') return fc.string();
  if (typeof value === 'boolean') return fc.boolean();
  if (Array.isArray(value)) {
    const items = fc.oneof(...value.map(valueLike), fc.constantFrom<unknown>(1, 'x', { a: 1 }));
    return fc.array(items, { maxLength: 4 });
  }
  return fc.dictionary(fc.constantFrom('a', 'd.e', 'new'), wanted, { maxKeys: 2 });
}

/** Edits of a file: most of the keys are in it or lead on from one that is. */
function editsOf(text: string): fc.Arbitrary<readonly Edit[]> {
  const someNames = fc.array(fc.constantFrom(...fixture.keyNames), { minLength: 1, maxLength: 3 });
  const targets = targetsOf(valuesOf(text));
  const known =
    targets.length === 0 ? fc.constant({ path: [], value: 0 }) : fc.constantFrom(...targets);
  const target = fc.oneof(
    known.chain(({ path, value }) =>
      fc.record({ path: fc.constant(path), value: valueLike(value) }),
    ),
    fc.record({ path: known.map(({ path }) => path), value: wanted }),
    fc.record({
      path: fc.tuple(known, someNames).map(([{ path }, rest]) => [...path, ...rest]),
      value: wanted,
    }),
    fc.record({ path: someNames, value: wanted }),
  );
  const operation = fc.constantFrom('', '', 'delete');
  return fc.array(
    fc.tuple(target, operation).map(([{ path, value }, word]) => {
      const key = path.map((part) => `"${part}"`).join('.');
      return { path, key, value, operation: word };
    }),
    { maxLength: 4 },
  );
}

const fileAndEdits = tomlFile().chain((text) => fc.tuple(fc.constant(text), editsOf(text)));

function valuesOf(text: string): Members {
  return getStaticTOMLValue(parseTOML(`${text.replace(/^\uFEFF/, '')}\n`));
}

function isTable(value: unknown): value is Members {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

interface Target {
  readonly path: readonly string[];
  readonly value: unknown;
}

function targetsOf(table: Members): readonly Target[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const inner = isTable(value) ? targetsOf(value) : [];
    return [{ path: [name], value }, ...inner.map((at) => ({ ...at, path: [name, ...at.path] }))];
  });
}

/** A value in the terms of the library's own reading, but for times. */
function plainOf(value: TomlValue): unknown {
  switch (value.kind) {
    case 'list':
      return value.items.map(plainOf);
    case 'table':
      return Object.fromEntries([...value.entries].map(([name, item]) => [name, plainOf(item)]));
    case 'integer':
      return Number(value.value);
    case 'date-time':
      return 'time';
    default:
      return value.value;
  }
}

function timeless(value: unknown): unknown {
  if (value instanceof Date) return 'time';
  if (Array.isArray(value)) return value.map(timeless);
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, timeless(item)]));
}

function planOne(
  text: string,
  edit: Edit,
): { readonly setting: SettingPlan; readonly after: string } {
  const { settings, text: after } = planFile(text, [edit]);
  const [setting] = settings;
  if (setting === undefined || after === undefined) throw new Error('nothing is planned');
  return { setting, after };
}

/** The tables that lead to the last part; made where there is none. */
function holderOf(values: Members, path: readonly string[]): Members {
  let table = values;
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(table, name) ? table[name] : undefined;
    const inner = isTable(next) ? next : {};
    table[name] = inner;
    table = inner;
  }
  return table;
}

/** Does to plain values what the plan says of the edit. */
function follow(values: Members, edit: Edit, { outcome }: SettingPlan): void {
  if (outcome === 'refused' || outcome === 'unchanged') return;
  const holder = holderOf(values, edit.path);
  const name = edit.path.at(-1) ?? '';
  const old = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (outcome === 'removed') Reflect.deleteProperty(holder, name);
  else if (!Array.isArray(old) || !Array.isArray(edit.value)) holder[name] = edit.value;
  else {
    const items: unknown[] = Array.from<unknown>(old);
    for (const item of edit.value) {
      if (!items.some((known) => isEqual(known, item))) items.push(item);
    }
    holder[name] = items;
  }
}

/** Order of members aside, as a text. */
function isEqual(a: unknown, b: unknown): boolean {
  const sorted = (_: string, value: unknown): unknown =>
    isTable(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value;
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** True when the short text is the long one without one stretch of it. */
function isPartOf(short: string, long: string): boolean {
  const reverse = (text: string) => text.split('').reverse().join('');
  const before = commonLength(short, long);
  return before + commonLength(reverse(short), reverse(long)) >= short.length;
}

/** True when nothing was done but to take out characters. */
function isThinned(short: string, long: string): boolean {
  let at = -1;
  return short.split('').every((character) => {
    at = long.indexOf(character, at + 1);
    return at >= 0;
  });
}

const commentsOf = (text: string): string[] =>
  parseTOML(`${text.replace(/^\uFEFF/, '')}\n`).comments.map(({ value }) => value.trimEnd());

describe('a plan for any file', () => {
  it('reads its values, and writes it to the byte', () => {
    fc.assert(
      fc.property(tomlFile(), (text) => {
        const read = parseToml(text);
        if (read.kind !== 'document') throw new Error(`${read.message}: ${text}`);
        expect(renderToml(read.document)).toBe(text);
        expect(plainOf(read.document.root)).toEqual(timeless(valuesOf(text)));
        expect(planFile(text, []).text).toBe(text);
      }),
    );
  });

  it('makes of its values what the edits say, and nothing else', () => {
    fc.assert(
      fc.property(fileAndEdits, ([text, edits]) => {
        let now = text;
        for (const edit of edits) {
          const expected = valuesOf(now);
          const { setting, after } = planOne(now, edit);
          follow(expected, edit, setting);
          const actual = valuesOf(after);
          // Outer tables that were there for the removed key only go with it.
          if (setting.outcome === 'removed') holderOf(actual, edit.path);
          expect(actual).toEqual(expected);
          now = after;
        }
      }),
    );
  });

  it('refuses only what has a reason, and leaves unchanged only what is as it is wanted', () => {
    fc.assert(
      fc.property(fileAndEdits, ([text, edits]) => {
        for (const edit of edits) {
          const { setting } = planOne(text, edit);
          expect(setting.reason).not.toBe(
            'The changed file would be too large, or would not hold exactly what is asked for',
          );
          if (setting.outcome !== 'unchanged') continue;
          const values = valuesOf(text);
          const holder = holderOf(values, edit.path);
          const name = edit.path.at(-1) ?? '';
          if (edit.operation === 'delete') expect(Object.hasOwn(holder, name)).toBe(false);
          else if (Array.isArray(edit.value))
            expect(holder[name]).toEqual(expect.arrayContaining(edit.value));
          else expect(holder[name]).toEqual(edit.value);
        }
      }),
    );
  });

  it('leaves the rest of the text as it is', () => {
    fc.assert(
      fc.property(fileAndEdits, ([text, edits]) => {
        for (const edit of edits) {
          const { setting, after } = planOne(text, edit);
          switch (setting.outcome) {
            case 'added':
              expect(isPartOf(text, after)).toBe(true);
              break;
            case 'removed':
              expect(isThinned(after, text)).toBe(true);
              break;
            case 'set':
              if (!isTable(edit.value)) expect(commentsOf(after)).toEqual(commentsOf(text));
              break;
            default:
              expect(after).toBe(text);
          }
        }
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.option(fileAndEdits), fc.gen(), (file, gen) => {
        const [text, edits] = file ?? [undefined, gen(() => editsOf(''))];
        const first = planFile(text, edits);
        const second = planFile(first.text, edits);
        expect(second.text).toBe(first.text);
        const reasons = ({ settings }: PlannedFile) => settings.map(({ reason }) => reason);
        expect(reasons(second)).toEqual(reasons(first));
        for (const { outcome } of second.settings)
          expect(['unchanged', 'refused']).toContain(outcome);
      }),
    );
  });

  it('plans a request like its settings one by one', () => {
    fc.assert(
      fc.property(fileAndEdits, ([text, edits]) => {
        const whole = planFile(text, edits);
        let now = text;
        for (const [index, edit] of edits.entries()) {
          const planned = whole.settings[index];
          if (planned?.reason?.includes('the request') === true) continue;
          if (planned?.reason?.includes('twice') === true) continue;
          const { setting, after } = planOne(now, edit);
          expect(setting).toEqual(planned);
          now = after;
        }
        expect(whole.text).toBe(now);
      }),
    );
  });
});
