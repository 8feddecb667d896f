import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import type { SettingPlan } from '../setting.ts';
import { header } from './fields.ts';
import { makeFile } from './file.fixture.ts';
import { parseYaml } from './parse.ts';
import { planFile, type PlannedFile } from './plan.fixture.ts';
import { renderYaml } from './render.ts';
import {
  chooseBy,
  isList,
  isMap,
  makeEdit,
  type Edit,
  type Plain,
  type PlainMap,
} from './values.fixture.ts';

const numbers = fc.array(fc.nat(999), { minLength: 20, maxLength: 300, size: 'max' });
const strings = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 9 });
const kubeletFile = fc.tuple(numbers, strings).map(([row, texts]) => makeFile(row, texts));
const edit = fc.tuple(numbers, strings).map(([row, texts]) => makeEdit(chooseBy(row, texts)));

function planOne(
  text: string,
  wish: Edit,
): { readonly setting: SettingPlan; readonly after: string } {
  const { settings, text: after } = planFile(text, [wish]);
  const [setting] = settings;
  if (setting === undefined || after === undefined) throw new Error('nothing is planned');
  return { setting, after };
}

/** What a reader of YAML 1.1 makes of it, as kubelet is one. */
function read(text: string): PlainMap {
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { version: '1.1', merge: false });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  const values: unknown = document.toJS({ mapAsMap: true });
  return values instanceof Map ? values : new Map();
}

/** Does to the values what the plan says of the edit. */
function follow(values: PlainMap, { parts, wanted }: Edit, { outcome }: SettingPlan): PlainMap {
  if (outcome === 'refused' || outcome === 'unchanged') return values;
  const start = values.size === 0 ? new Map<string, Plain>(Object.entries(header)) : values;
  return changed(start, parts, (old) => {
    if (outcome === 'removed') return undefined;
    if (!isList(old) || !isList(wanted)) return wanted;
    const items: Plain[] = [...old];
    for (const item of wanted) if (!items.some((known) => isEqual(known, item))) items.push(item);
    return items;
  });
}

function changed(
  outer: Plain | undefined,
  parts: readonly string[],
  change: (old: Plain | undefined) => Plain | undefined,
): PlainMap {
  const [name = '', ...rest] = parts;
  const map = new Map(isMap(outer) ? outer : []);
  const inner = rest.length > 0 ? changed(map.get(name), rest, change) : change(map.get(name));
  if (inner === undefined) map.delete(name);
  else map.set(name, inner);
  return map;
}

function isEqual(a: Plain, b: Plain): boolean {
  const sorted = (value: Plain): unknown => {
    if (isMap(value)) return [...value].map(([name, item]) => [name, sorted(item)]).sort();
    return isList(value) ? value.map(sorted) : value;
  };
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** With the order of the entries, which `toEqual` does not look at in maps. */
function entries(value: Plain | undefined): unknown {
  if (isMap(value)) return { entries: [...value].map(([name, item]) => [name, entries(item)]) };
  return isList(value) ? value.map(entries) : value;
}

function valueAt(values: Plain | undefined, parts: readonly string[]): Plain | undefined {
  return parts.reduce<Plain | undefined>(
    (value, part) => (isMap(value) ? value.get(part) : undefined),
    values,
  );
}

/** True when the long text is the short one with more characters in it. */
function isThinned(short: string, long: string): boolean {
  let at = -1;
  return short.split('').every((character) => {
    at = long.indexOf(character, at + 1);
    return at >= 0;
  });
}

/** What is changed between two texts, without their common start and end. */
function differing(a: string, b: string): { readonly from: string; readonly to: string } {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return { from: a.slice(start, a.length - end), to: b.slice(start, b.length - end) };
}

const fileAndEdits = fc.tuple(kubeletFile, fc.array(edit, { maxLength: 4 }));

describe('a plan for any file', () => {
  it('reads and writes it to the byte', () => {
    fc.assert(
      fc.property(kubeletFile, ({ text, values }) => {
        const file = parseYaml(text);
        if (file.kind !== 'document') throw new Error(`${file.message}: ${text}`);
        expect(renderYaml(file.document)).toBe(text);
        expect(planFile(text, []).text).toBe(text);
        expect(entries(read(text))).toEqual(entries(values));
      }),
    );
  });

  it('makes of its values what the edits say, and nothing else', () => {
    fc.assert(
      fc.property(fileAndEdits, ([{ text, values }, edits]) => {
        let now = text;
        let wanted = values;
        for (const each of edits) {
          const { setting, after } = planOne(now, each);
          wanted = follow(wanted, each, setting);
          expect(entries(read(after))).toEqual(entries(wanted));
          now = after;
        }
      }),
    );
  });

  it('refuses only what has a reason, and leaves unchanged only what is as it is wanted', () => {
    fc.assert(
      fc.property(fileAndEdits, ([{ text, values }, edits]) => {
        for (const each of edits) {
          const { setting } = planOne(text, each);
          const now = valueAt(values, each.parts);
          if (setting.outcome === 'refused') {
            expect(setting.reason).toMatch(/can be added to or deleted only$|has a list/);
            expect(isList(now) && each.wanted === null).toBe(true);
          }
          if (setting.outcome !== 'unchanged') continue;
          if (each.operation === 'delete') expect(now).toBeUndefined();
          else if (isList(each.wanted))
            expect(now).toEqual(expect.arrayContaining([...each.wanted]));
          else expect(now).toEqual(each.wanted);
        }
      }),
    );
  });

  it('leaves the rest of the text as it is', () => {
    fc.assert(
      fc.property(fileAndEdits, ([{ text, values }, edits]) => {
        for (const each of edits) {
          const { setting, after } = planOne(text, each);
          const old = valueAt(values, each.parts);
          switch (setting.outcome) {
            case 'added':
              // Where there was `null`, that goes.
              if (old === undefined)
                expect(isThinned(text.replaceAll(/~|null/gi, ''), after)).toBe(true);
              break;
            case 'removed':
              expect(isThinned(after.replaceAll(' {}', ''), text)).toBe(true);
              break;
            case 'set':
              if (isList(old)) expect(isThinned(text, after)).toBe(true);
              else if (typeof old === 'number' || typeof old === 'boolean')
                expect(differing(text, after).from).not.toMatch(/[\n#:]/);
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
      fc.property(fc.option(kubeletFile), fc.array(edit, { maxLength: 4 }), (file, edits) => {
        const first = planFile(file?.text, edits);
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
      fc.property(fileAndEdits, ([{ text }, edits]) => {
        const whole = planFile(text, edits);
        let now = text;
        for (const [index, each] of edits.entries()) {
          const planned = whole.settings[index];
          if (planned?.reason?.includes('the request') === true) continue;
          if (planned?.reason?.includes('twice') === true) continue;
          const { setting, after } = planOne(now, each);
          expect(setting).toEqual(planned);
          now = after;
        }
        expect(whole.text).toBe(now);
      }),
    );
  });
});
