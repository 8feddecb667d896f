import { expect, it } from '@jest/globals';

import { Keys } from './keys.ts';

const type = (text: string) => ({ kind: 'type', text });

it.each([
  ['what is typed', 'ls -l\r\u0003', [type('ls -l\r\u0003')]],
  ['the end', 'ab\u0001xcd', [type('ab'), { kind: 'end' }, type('cd')]],
  [
    'the buttons',
    '\u0001r\u0001P\u0001c',
    [{ kind: 'reset' }, { kind: 'powerButton' }, { kind: 'powerCut' }],
  ],
  ['Ctrl-A itself', '\u0001a\u0001\u0001b', [type('\u0001\u0001b')]],
  ['nothing behind Ctrl-A', '\u0001zq', [type('q')]],
])('tells %s', (_name, text, keys) => {
  expect(new Keys().push(text)).toEqual(keys);
});

it('tells a command that comes in two pieces', () => {
  const keys = new Keys();
  expect(keys.push('\u0001')).toEqual([]);
  expect(keys.push('x')).toEqual([{ kind: 'end' }]);
});
