import { describe, expect, it } from '@jest/globals';
import { changeDocument } from './change.ts';
import { setValue } from './insert.ts';
import { parseYaml } from './parse.ts';
import { removeEntry } from './remove.ts';
import { renderYaml } from './render.ts';
import { numberValue, withValue } from './value.ts';

describe('a change', () => {
  const read = parseYaml('a: 1\nb: 1\n');
  if (read.kind === 'unreadable') throw new Error(read.message);
  const { document } = read;
  const wanted = withValue(document.root, ['a'], numberValue(2));
  const step = (start: number, text: string) => () => [{ start, end: start + 1, text }];

  it('gives the document as it is after all steps', () => {
    const changed = changeDocument(document, [step(3, '3'), step(3, '2')], wanted);
    expect(changed && renderYaml(changed)).toBe('a: 2\nb: 1\n');
  });

  it.each<[string, number, string]>([
    ['does nothing', 3, '1'],
    ['hits another key', 8, '2'],
    ['hits another key too', 3, '2\nc: 2'],
    ['changes the type', 3, '"2"'],
    ['adds an anchor', 3, '&a 2'],
    ['ends in what is no YAML', 3, '['],
  ])('is refused when it %s', (_, start, text) => {
    expect(changeDocument(document, [step(start, text)], wanted)).toBeUndefined();
  });

  it('is refused when it moves an entry', () => {
    const swap = () => [{ start: 0, end: document.source.length, text: 'b: 1\na: 2\n' }];
    expect(changeDocument(document, [swap], wanted)).toBeUndefined();
  });
});

describe('a step for a key that is not to be had', () => {
  const read = parseYaml('a: 1\n');
  if (read.kind === 'unreadable') throw new Error(read.message);

  it('does nothing', () => {
    expect(setValue(read.document, ['a', 'b'], numberValue(2))).toEqual([]);
    expect(removeEntry(read.document, ['a', 'b'])).toEqual([]);
    expect(removeEntry(read.document, ['c'])).toEqual([]);
  });
});
