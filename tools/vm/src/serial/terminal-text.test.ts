import { expect, it } from '@jest/globals';

import { TerminalText } from './terminal-text.ts';

it.each([
  ['leaves text alone', 'one\ttwo\n', 'one\ttwo\n'],
  ['makes one end of line of several', 'one\r\ntwo\r\r\n', 'one\ntwo\n'],
  ['drops colours', '\u001b[1;32m  OK  \u001b[0m', '  OK  '],
  [
    'drops cursor movements of firmware and GRUB',
    '\u001b[2J\u001b[01;01H\u001b[=3hBdsDxe',
    'BdsDxe',
  ],
  ['drops titles of windows', '\u001b]0;root@node\u0007# \u001b]2;x\u001b\\$', '# $'],
  ['drops character sets and keypad modes', '\u001b(B\u001b=\u001b>x\u001b7\u001b8', 'x'],
  ['drops bracketed paste', '\u001b[?2004h# \u001b[?2004l', '# '],
  ['drops controls alone', 'a\u0000\u0007\bb\rc', 'abc'],
  ['keeps letters beyond ASCII', 'Ubergröße ✓', 'Ubergröße ✓'],
])('%s', (_name, raw, clean) => {
  const bytes = Buffer.from(`${raw}.`);
  expect(new TerminalText().push(bytes)).toBe(`${clean}.`);
  // Whatever the pieces are in which it comes.
  const bytewise = new TerminalText();
  expect([...bytes].map((byte) => bytewise.push(Uint8Array.of(byte))).join('')).toBe(`${clean}.`);
});

it('does not wait for ever for the end of a sequence', () => {
  const text = new TerminalText();
  expect(text.push(Buffer.from(`\u001b]${'x'.repeat(300)}`))).toContain('xxx');
});
