import { describe, expect, it } from '@jest/globals';
import { readPlain } from './plain.ts';
import { previewText } from './value.ts';

// As go-yaml 2.4 reads them, by which kubelet reads its file.
describe('a text without quotes', () => {
  it.each(['', '~', 'null', 'Null', 'NULL'])('is nothing: %j', (text) => {
    expect(readPlain(text)).toEqual({ kind: 'null' });
  });

  it.each<[boolean, readonly string[]]>([
    [true, ['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'y', 'Y', 'on', 'On', 'ON']],
    [false, ['false', 'False', 'FALSE', 'no', 'No', 'NO', 'n', 'N', 'off', 'Off', 'OFF']],
  ])('is %s: %j', (value, texts) => {
    for (const text of texts) expect(readPlain(text)).toEqual({ kind: 'boolean', value });
  });

  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['110', '110'],
    ['+5', '5'],
    ['-17', '-17'],
    ['010', '8'],
    ['-010', '-8'],
    ['0o17', '15'],
    ['0O17', '15'],
    ['0x1F', '31'],
    ['0Xff', '255'],
    ['-0x1', '-1'],
    ['0b101', '5'],
    ['0B1', '1'],
    ['1_000', '1000'],
    ['08', '8'],
    ['9223372036854775807', '9223372036854775807'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '18446744073709551616'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['1.5', '1.5'],
    ['1.', '1'],
    ['.5', '0.5'],
    ['+.5', '0.5'],
    ['1e3', '1000'],
    ['-1.5E-3', '-0.0015'],
    ['1_0.5', '10.5'],
  ])('is a number: %s', (text, number) => {
    expect(readPlain(text)).toEqual({ kind: 'number', text: number });
  });

  it.each([
    ...['a', '10s', '200Mi', '10.0.0.10', '0x', '0b2', '0o8', '1e', '1e999', '.5_0', '_1', '1:30'],
    ...['tRUE', 'yEs', 'nan', '.Nan', '+.nan', '.', '-', '0xFFFFFFFFFFFFFFFFF', '20260-01-31'],
  ])('is a text: %s', (text) => {
    expect(readPlain(text)).toEqual({ kind: 'string', value: text });
  });

  it.each(['.inf', '-.INF', '+.Inf', '.nan', '.NaN', '2026-01-31', '2026-1-1T10:00:00Z'])(
    'is nothing that JSON has: %s',
    (text) => {
      const value = readPlain(text);
      expect(value).toEqual({ kind: 'opaque', text });
      expect(previewText(value)).toContain(text);
    },
  );
});
