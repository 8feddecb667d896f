import { describe, expect, it } from '@jest/globals';
import { machineText } from './machine.ts';
import { clipped, sheetLines, tableLines } from './table.ts';

describe('a table', () => {
  const rows = [
    [{ text: 'a' }, { text: '', tone: 'bad' }, { text: 'two\nlines' }],
    [{ text: 'long name' }, { text: 'x', tone: 'good' }, { text: '' }],
  ] as const;

  it('has columns as wide as they have to be, and nothing behind the last one', () => {
    expect(tableLines(['NAME', 'X', 'Y'], rows, false)).toEqual([
      'NAME        X   Y',
      'a           -   two lines',
      'long name   x   -',
    ]);
  });

  it('is coloured without moving', () => {
    const [, first, second] = tableLines(['NAME', 'X', 'Y'], rows, true);
    expect(first).toBe('a           \u001b[31m-\u001b[0m   two lines');
    expect(second).toBe('long name   \u001b[32mx\u001b[0m   -');
  });
});

describe('a sheet', () => {
  it('has its texts below each other, without those that are empty', () => {
    const entries = [
      ['A', 'x'],
      ['Long', 'y'],
      ['Nothing', ''],
    ] as const;
    expect(sheetLines(entries)).toEqual(['A:      x', 'Long:   y']);
    expect(sheetLines([])).toEqual([]);
  });
});

it('cuts a text that is too long', () => {
  expect(clipped('1234567', 6)).toBe('123...');
  expect(clipped('123456', 6)).toBe('123456');
});

it('says the same to programs as JSON and as YAML', () => {
  const answer = { items: [{ a: 1, b: undefined }] };
  expect(JSON.parse(machineText('json', 'List', answer))).toEqual({
    kind: 'List',
    items: [{ a: 1 }],
  });
  expect(machineText('yaml', 'List', answer)).toBe('kind: List\nitems:\n  - a: 1\n');
});
