import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseKeyPath } from './key-path.ts';

describe('a key path', () => {
  it.each([
    ['maxPods', ['maxPods']],
    ['grpc.uid', ['grpc', 'uid']],
    ['evictionHard."memory.available"', ['evictionHard', 'memory.available']],
    ['plugins."io.containerd.grpc.v1.cri".x', ['plugins', 'io.containerd.grpc.v1.cri', 'x']],
    ['"a.b"', ['a.b']],
    ['"a"."b"', ['a', 'b']],
    [`'say "a.b"'.c`, ['say "a.b"', 'c']],
    [`"it's"`, ["it's"]],
    ['" a "', [' a ']],
    ['"a\\n"', ['a\\n']],
    ['a b.c', ['a b', 'c']],
    ['a-b_c.0', ['a-b_c', '0']],
    ['größe.大', ['größe', '大']],
    ['__proto__.constructor', ['__proto__', 'constructor']],
  ])('splits %s', (key, parts) => {
    expect(parseKeyPath(key)).toEqual({ kind: 'ok', parts });
  });

  it("B-51: takes the quotes off a part in '...' too", () => {
    expect(parseKeyPath("evictionHard.'memory.available'")).toEqual({
      kind: 'ok',
      parts: ['evictionHard', 'memory.available'],
    });
  });

  it.each(['', '.', 'a.', '.a', 'a..b', '""', 'a."".b', "a.''", ' ', 'a. .b', '"  "'])(
    'refuses the empty part of "%s"',
    (key) => {
      expect(parseKeyPath(key)).toEqual({ kind: 'problem', message: 'The key has an empty part' });
    },
  );

  it.each([
    '"a',
    'a"',
    "a.'b",
    `a."b'`,
    'a"b"',
    '"a"b',
    "it's",
    '"a""b"',
    '"',
    'a."b".c"',
    `"a"'b'`,
  ])('refuses the quotes of %s', (key) => {
    expect(parseKeyPath(key)).toEqual({
      kind: 'problem',
      message: 'The quotes of the key do not enclose whole parts of it',
    });
  });

  it.each([' a', 'a ', 'a. b', 'a .b'])('refuses the blank at an end of a part of "%s"', (key) => {
    expect(parseKeyPath(key)).toEqual({
      kind: 'problem',
      message: 'A part of the key that begins or ends with a blank has to be quoted',
    });
  });

  it.each(['a\n', '"a\nb"', 'a\tb', '\0', 'a\u007f', 'a\u0085b', '"a\u2028b"'])(
    'refuses the control character of %j',
    (key) => {
      expect(parseKeyPath(key)).toEqual({
        kind: 'problem',
        message: 'The key holds a control character',
      });
    },
  );

  it('refuses half of a surrogate pair', () => {
    expect(parseKeyPath('a.\ud800')).toEqual({
      kind: 'problem',
      message: 'The key is not valid Unicode',
    });
  });

  it('refuses more than 64 parts', () => {
    const ofParts = (count: number) => Array.from({ length: count }, () => 'a').join('.');
    expect(parseKeyPath(ofParts(64))).toMatchObject({ kind: 'ok' });
    expect(parseKeyPath(ofParts(100_000))).toEqual({
      kind: 'problem',
      message: 'The key has more than 64 parts',
    });
  });

  it('gives back every name that it was made of', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text) && text.trim() !== '')
      .filter((text) => !(text.includes('"') && text.includes("'")));
    const quoted = (text: string) => (text.includes('"') ? `'${text}'` : `"${text}"`);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 64 }), (parts) => {
        expect(parseKeyPath(parts.map(quoted).join('.'))).toEqual({ kind: 'ok', parts });
      }),
    );
  });

  it('answers any text, without an empty part', () => {
    const units = fc.constantFrom('a', '.', '"', "'", ' ', '\n', '\ud800', '__proto__');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: units })), (key) => {
        const path = parseKeyPath(key);
        if (path.kind === 'ok') expect(path.parts).not.toContain('');
      }),
    );
  });
});
