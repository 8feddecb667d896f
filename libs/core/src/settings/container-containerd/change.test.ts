import { describe, expect, it } from '@jest/globals';
import { changeDocument } from './change.ts';
import { parseToml } from './parse.ts';
import { renderToml } from './render.ts';
import { withValue, type TomlValue } from './value.ts';

const two: TomlValue = { kind: 'integer', value: 2n };

describe('a change', () => {
  const read = parseToml('a = 1\nb = 1\n');
  if (read.kind === 'unreadable') throw new Error(read.message);
  const { document } = read;
  const wanted = withValue(document.root, ['a'], two);
  const step = (start: number, text: string) => () => [{ start, end: start + 1, text }];

  it('gives the document as it is after all steps', () => {
    const changed = changeDocument(document, [step(4, '3'), step(4, '2')], wanted);
    expect(changed && renderToml(changed)).toBe('a = 2\nb = 1\n');
  });

  it.each<[string, number, string]>([
    ['does nothing', 4, '1'],
    ['hits another key', 10, '2'],
    ['hits another key too', 4, '2\nc = 2'],
    ['ends in what is no TOML', 4, '['],
  ])('is refused when it %s', (_, start, text) => {
    expect(changeDocument(document, [step(start, text)], wanted)).toBeUndefined();
  });
});
