import { describe, expect, it } from '@jest/globals';
import { cutBlanks, hasControlCharacter } from './characters.ts';

describe('cutBlanks', () => {
  it.each([
    ['', ['', '', '']],
    [' \t\r\v\f', [' \t\r\v\f', '', '']],
    ['a', ['', 'a', '']],
    ['\t a b \r', ['\t ', 'a b', ' \r']],
    // Not blanks for programs in C.
    ['\uFEFFa\u00A0', ['', '\uFEFFa\u00A0', '']],
  ])('cuts %j', (whole, parts) => {
    const { before, text, after } = cutBlanks(whole);
    expect([before, text, after]).toEqual(parts);
  });

  it('takes a long row of blanks in one go', () => {
    const row = ' '.repeat(500_000);
    expect(cutBlanks(`a${row}b`).text).toHaveLength(500_002);
  });
});

describe('hasControlCharacter', () => {
  it.each(['a\nb', 'a\rb', '\0', '\t', '\u001b[0m', '\u007f', '\u0085', 'half \ud83d'])(
    'finds one in %j',
    (text) => expect(hasControlCharacter(text)).toBe(true),
  );

  it.each(['', 'a b', 'ä=/.-_*@%#', 'whole \u{1f600}'])('finds none in %j', (text) =>
    expect(hasControlCharacter(text)).toBe(false),
  );
});
