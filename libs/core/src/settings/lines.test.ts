import { describe, expect, it } from '@jest/globals';
import { appendLines, joinLines, splitLines } from './lines.ts';

describe('lines', () => {
  it.each([
    ['nothing', '', []],
    ['one line', 'a\n', [['a', '\n']]],
    [
      'a last line without an end',
      'a\nb',
      [
        ['a', '\n'],
        ['b', ''],
      ],
    ],
    [
      'blank lines',
      '\n\n',
      [
        ['', '\n'],
        ['', '\n'],
      ],
    ],
    [
      'ends of DOS',
      'a\r\nb\r\n',
      [
        ['a', '\r\n'],
        ['b', '\r\n'],
      ],
    ],
    [
      'mixed ends',
      'a\r\nb\nc',
      [
        ['a', '\r\n'],
        ['b', '\n'],
        ['c', ''],
      ],
    ],
    ['a lone carriage return', 'a\rb\n', [['a\rb', '\n']]],
    ['a line that is an end of DOS alone', '\r\n', [['', '\r\n']]],
  ])('splits %s and joins it again', (_name, text, lines) => {
    const split = splitLines(text);
    expect(split.map((line) => [line.text, line.end])).toEqual(lines);
    expect(joinLines(split)).toBe(text);
  });

  it.each([
    ['', 'x\n'],
    ['a', 'a\nx\n'],
    ['a\n', 'a\nx\n'],
    ['a\r\nb', 'a\r\nb\r\nx\r\n'],
  ])('appends to %j in its own way', (text, expected) => {
    expect(joinLines(appendLines(splitLines(text), ['x']))).toBe(expected);
  });

  it('appends nothing without touching the last line', () => {
    expect(joinLines(appendLines(splitLines('a'), []))).toBe('a');
  });
});
