import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { chartValues, valuesTable, withTable } from './values-table.ts';

const chart = resolve(import.meta.dirname, '../../../charts/kubeos');
const read = (name: string): string => readFileSync(resolve(chart, name), 'utf8');
const [values, schema] = [read('values.yaml'), read('values.schema.json')];

/** Paths of everything that has a default. */
function* paths(value: unknown, path = ''): Generator<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield path;
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) yield path;
  for (const [name, member] of entries)
    yield* paths(member, path === '' ? name : `${path}.${name}`);
}

describe('the values of the chart', () => {
  const described = chartValues(values, schema);

  it('are all described, and have a default', () => {
    for (const { path, description, usual } of described) {
      expect([path, description]).toEqual([path, expect.stringMatching(/^[A-Z].*\.$/u)]);
      if (path !== 'global') expect([path, usual === undefined]).toEqual([path, false]);
    }
  });

  it('are in the schema, each of them', () => {
    const known = described.map(({ path }) => path);
    for (const path of paths(parse(values) as unknown)) {
      expect(known.filter((one) => path === one || path.startsWith(`${one}.`))).toHaveLength(1);
    }
  });

  it('make a table in which every row has three cells', () => {
    const rows = valuesTable(values, schema).trimEnd().split('\n');
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) expect(row.match(/(?<!\\)\|/gu)).toHaveLength(4);
  });
});

describe('withTable', () => {
  it('replaces the old table and nothing else', () => {
    const page =
      'a\n<!-- values: written by npm run generate -->\nold\n<!-- end of values -->\nb\n';
    const once = withTable(page, 'new\n');
    expect(once).toContain('a\n');
    expect(once).not.toContain('old');
    expect(withTable(once, 'new\n')).toBe(once);
  });

  it('refuses a page without a place for it', () => {
    expect(() => withTable('a', 'b')).toThrow('no place');
  });
});
