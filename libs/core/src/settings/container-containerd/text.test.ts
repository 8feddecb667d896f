import { describe, expect, it } from '@jest/globals';
import type { Setting } from '../setting.ts';
import { planFile } from './plan.fixture.ts';

function apply(text: string, ...settings: readonly Setting[]): string | undefined {
  const plan = planFile(text, settings);
  expect(plan.settings.map(({ reason }) => reason)).toEqual(settings.map(() => undefined));
  return plan.text;
}
const set = (key: string, value: unknown): Setting => ({ key, value });
const remove = (key: string): Setting => ({ key, operation: 'delete' });

describe('B-48: a value that is set', () => {
  it.each<[string, string, unknown, string]>([
    ['keeps its comment', 'a = 1 # why\n', 2, 'a = 2 # why\n'],
    ['keeps blanks', '\ta=1\t\n', 2, '\ta=2\t\n'],
    ['keeps the line ends', 'a = 1\r\nb = 1\r\n', 2, 'a = 2\r\nb = 1\r\n'],
    ['keeps a missing line end', 'b = 1\na = 0', 2, 'b = 1\na = 2'],
    ['keeps the byte order mark', '\uFEFFa = 1\n', 2, '\uFEFFa = 2\n'],
    ['keeps a quoted key', '"a" = 1\n', 2, '"a" = 2\n'],
    ['replaces a multi-line string', 'a = """x\n y""" # z\n', 'q', 'a = "q" # z\n'],
    ['replaces a literal string', "a = 'x'\n", 'y', 'a = "y"\n'],
    ['replaces a hexadecimal number', 'a = 0xFF\n', 16, 'a = 16\n'],
    ['takes the same number for the same', 'a = 0xFF\n', 255, 'a = 0xFF\n'],
    ['takes a whole float for the same', 'a = 1.0\n', 1, 'a = 1.0\n'],
    ['replaces nan', 'a = nan\n', 1, 'a = 1.0\n'],
    ['replaces an inline table', 'a = { b = 1 } # c\n', { d: 2 }, 'a = { d = 2 } # c\n'],
    [
      'replaces a table of headers',
      '# top\n[a]\nb = 1\n\n[a.c]\nd = 1\n\n# next\n[e]\nf = 1\n',
      { b: 2 },
      '# top\n\na = { b = 2 }\n\n# next\n[e]\nf = 1\n',
    ],
    [
      'replaces a table of dotted keys',
      'a.b = 1\na.c = 2\nd = 3\n',
      { b: 2 },
      'd = 3\na = { b = 2 }\n',
    ],
  ])('%s', (_, before, value, after) => {
    expect(apply(before, set('a', value))).toBe(after);
  });

  it.each<[unknown, string]>([
    ['', '""'],
    ['it\'s "q" \\', '"it\'s \\"q\\" \\\\"'],
    ['a\tb\nc\r\u0000\u001f\u007f\b\f', '"a\\tb\\nc\\r\\u0000\\u001f\\u007f\\b\\f"'],
    ['größe 大 😀', '"größe 大 😀"'],
    [true, 'true'],
    [-1, '-1'],
    [-0, '0'],
    [9007199254740991, '9007199254740991'],
    [0.1, '0.1'],
    [1e-7, '1.0e-7'],
    [1.5e-9, '1.5e-9'],
    [[1, 'a', [], {}], '[1, "a", [], {}]'],
    [{ a: 1, 'b.c': { d: [true] }, '': 2 }, '{ a = 1, "b.c" = { d = [true] }, "" = 2 }'],
  ])('%j is written as TOML', (value, text) => {
    expect(apply('', set('a', value))).toBe(`a = ${text}\n`);
  });
});

describe('a key that is added', () => {
  it.each<[string, string, string, string]>([
    ['comes last of its table', '[t]\na = 1 # c\n\n[u]\n', 't.x', '[t]\na = 1 # c\nx = 1\n\n[u]\n'],
    ['is indented like the last', '[t]\n\ta = 1\n[u]\n', 't.x', '[t]\n\ta = 1\n\tx = 1\n[u]\n'],
    ['follows a header that is alone', '[t] # c\n[u]\n', 't.x', '[t] # c\nx = 1\n[u]\n'],
    [
      'is indented as elsewhere',
      '[t]\n  [u]\n    a = 1\n',
      't.x',
      '[t]\n  x = 1\n  [u]\n    a = 1\n',
    ],
    [
      'is not indented less than it can be',
      '  [t]\na = 1\n[u]\n',
      'u.x',
      '  [t]\na = 1\n[u]\nx = 1\n',
    ],
    [
      'follows a multi-line value',
      '[t]\na = """\n[u]\n"""\n',
      't.x',
      '[t]\na = """\n[u]\n"""\nx = 1\n',
    ],
    ['keeps CRLF', '[t]\r\na = 1\r\n', 't.x', '[t]\r\na = 1\r\nx = 1\r\n'],
    ['keeps a missing line end', '[t]\r\na = 0', 't.x', '[t]\r\na = 0\r\nx = 1'],
    ['keeps a missing line end behind a header', '[t]', 't.x', '[t]\nx = 1'],
    ['of the file comes before the headers', 'a = 1\n\n[t]\n', 'x', 'a = 1\nx = 1\n\n[t]\n'],
    ['of the file comes first', '[t]\n', 'x', 'x = 1\n\n[t]\n'],
    [
      'leaves a comment to its table',
      '# file\n\n# t\n# u\n[t]\n',
      'x',
      '# file\n\nx = 1\n\n# t\n# u\n[t]\n',
    ],
    ['comes after comments only', '# file', 'x', '# file\nx = 1'],
    ['is quoted where it has to be', '[t]\n', 't."x.y z"', '[t]\n"x.y z" = 1\n'],
    ['escapes its quotes', '[t]\n', `t.'x"\\'`, '[t]\n"x\\"\\\\" = 1\n'],
  ])('%s', (_, before, key, after) => {
    expect(apply(before, set(key, 1))).toBe(after);
  });
});

describe('a table that is made', () => {
  it.each<[string, string, string, string]>([
    ['comes last', 'a = 1\n', 't.u.x', 'a = 1\n\n[t.u]\nx = 1\n'],
    ['comes behind blank lines', 'a = 1\n\n\n', 't.x', 'a = 1\n\n\n[t]\nx = 1\n'],
    ['keeps a missing line end', 'a = 1', 't.x', 'a = 1\n\n[t]\nx = 1'],
    ['keeps CRLF', 'a = 1\r\n', 't.x', 'a = 1\r\n\r\n[t]\r\nx = 1\r\n'],
    [
      'comes behind the last inner table of its parent',
      '[t]\n\n[t.a]\nb = 1\n# c = 2\n\n# about u\n[u]\n',
      't.x.y',
      '[t]\n\n[t.a]\nb = 1\n# c = 2\n\n[t.x]\ny = 1\n\n# about u\n[u]\n',
    ],
    [
      'comes before the comment of the next table',
      '[t]\na = 1\n# about u\n[u]\n',
      't.x.y',
      '[t]\na = 1\n[t.x]\ny = 1\n# about u\n[u]\n',
    ],
    ['comes behind a comment at the end', '[t]\n# a = 1', 't.x.y', '[t]\n# a = 1\n\n[t.x]\ny = 1'],
    ['is packed where all are', '[t]\n[u]\n', 't.x.y', '[t]\n[t.x]\ny = 1\n[u]\n'],
    [
      'is indented like its siblings',
      '[t]\n  [t.a]\n    b = 1\n',
      't.x.y',
      '[t]\n  [t.a]\n    b = 1\n\n  [t.x]\n    y = 1\n',
    ],
    [
      'is indented like its parent',
      '  [t]\n    a = 1\n',
      't.x.y',
      '  [t]\n    a = 1\n\n  [t.x]\n    y = 1\n',
    ],
    [
      'gets a header that only inner tables had',
      '[t.a]\nb = 1\n',
      't.x',
      '[t.a]\nb = 1\n\n[t]\nx = 1\n',
    ],
    [
      'gets a header beside arrays of tables',
      '[[t.a]]\nb = 1\n',
      't.x',
      '[[t.a]]\nb = 1\n\n[t]\nx = 1\n',
    ],
    [
      'writes the names of its parent as they are',
      `[ plugins . 'a.b' ]\nc = 1\n`,
      'plugins."a.b"."d.e".f',
      `[ plugins . 'a.b' ]\nc = 1\n\n[plugins.'a.b'."d.e"]\nf = 1\n`,
    ],
    [
      'is dotted where its parent is',
      '[t]\na . "b" = 1 # c\nd = 1\n',
      't.a.x.y',
      '[t]\na . "b" = 1 # c\na.x.y = 1\nd = 1\n',
    ],
    ['is dotted within its parent', 't.a.b = 1\n', 't.a.x', 't.a.b = 1\nt.a.x = 1\n'],
    [
      'is dotted in braces',
      't = { a.b = 1, c = 2 }\n',
      't.a.x',
      't = { a.b = 1, a.x = 1, c = 2 }\n',
    ],
    [
      'is inline where its parent is',
      't = { a = 1 } # c\n',
      't.x.y',
      't = { a = 1, x = { y = 1 } } # c\n',
    ],
    ['fills empty braces', 't = {}\n', 't.x', 't = { x = 1 }\n'],
    ['fills braces with a blank', 't = { }\n', 't.x', 't = { x = 1 }\n'],
    [
      'goes into inner braces',
      't = { a = { b = 1 } }\n',
      't.a.x',
      't = { a = { b = 1, x = 1 } }\n',
    ],
    [
      'fills braces of many lines',
      't = {\n  a = 1, # c\n}\n',
      't.x',
      't = {\n  a = 1, x = 1, # c\n}\n',
    ],
  ])('%s', (_, before, key, after) => {
    expect(apply(before, set(key, 1))).toBe(after);
  });
});

describe('a list that is added to', () => {
  it.each<[string, string, unknown[], string]>([
    ['stays on its line', 'a = ["x"] # c\n', ['y', 'z'], 'a = ["x", "y", "z"] # c\n'],
    ['keeps a last comma', 'a = [ "x", ]\n', ['y'], 'a = [ "x", "y", ]\n'],
    ['may be empty', 'a = []\n', ['y', 1], 'a = ["y", 1]\n'],
    ['may hold a comment only', 'a = [\n  # c\n]\n', ['y'], 'a = ["y"\n  # c\n]\n'],
    [
      'keeps one item a line',
      'a = [\n  "x", # first\n  "y" # last\n]\n',
      ['z', 'q'],
      'a = [\n  "x", # first\n  "y", # last\n  "z",\n  "q"\n]\n',
    ],
    [
      'keeps one item a line with commas',
      'a = [\r\n\t"x",\r\n\t"y",\r\n]\r\n',
      ['z'],
      'a = [\r\n\t"x",\r\n\t"y",\r\n\t"z",\r\n]\r\n',
    ],
    ['keeps its last line', 'a = [\n  "x",\n  "y"]\n', ['z'], 'a = [\n  "x",\n  "y", "z"]\n'],
    [
      'has a comma on a line of its own',
      'a = [\n  1 # c\n  ,\n]',
      [2],
      'a = [\n  1 # c\n  ,\n  2,\n]',
    ],
    ['holds lists', 'a = [[1]]\n', [[1], [2, 3]], 'a = [[1], [2, 3]]\n'],
    [
      'holds inline tables',
      'a = [{ b = 1 }]\n',
      [{ b: 1 }, { c: [] }],
      'a = [{ b = 1 }, { c = [] }]\n',
    ],
    ['holds floats', 'a = [1.5]\n', [2], 'a = [1.5, 2.0]\n'],
    ['holds both kinds of numbers', 'a = [1.5, 1]\n', [2], 'a = [1.5, 1, 2]\n'],
    ['knows a number in another form', 'a = [0x10, 2.0]\n', [16, 2], 'a = [0x10, 2.0]\n'],
  ])('%s', (_, before, value, after) => {
    expect(apply(before, set('a', value))).toBe(after);
    expect(apply(after, set('a', value))).toBe(after);
  });
});

describe('a key that is removed', () => {
  it.each<[string, string, string, string]>([
    ['goes with its line', 'a = 1\nx = 1 # c\nb = 2\n', 'x', 'a = 1\nb = 2\n'],
    ['goes with all its lines', 'x = [ # c\n  1,\n] # d\nb = 2\n', 'x', 'b = 2\n'],
    ['leaves comments and blank lines', '# x\n\nx = 1\n\n# b\nb = 2', 'x', '# x\n\n\n# b\nb = 2'],
    ['may be the last line', 'a = 1\r\nx = 1', 'x', 'a = 1\r\n'],
    ['goes with all its dotted keys', 'x.a = 1\nb = 1\nx.c.d = 2\n', 'x', 'b = 1\n'],
    ['leaves a table that has a header', '[t]\nx = 1\n', 't.x', '[t]\n'],
    ['leaves no table that only it made', 't.u.x = 1\n[v]\n', 't.u.x', '[v]\n'],
    ['leaves other keys of its table', 't.x = 1\nt.y = 1\n', 't.x', 't.y = 1\n'],
    ['goes out of braces', 't = { a = 1, x = 1, b = 2 }\n', 't.x', 't = { a = 1, b = 2 }\n'],
    ['goes out of braces first', 't = { x = 1, b = 2 } # c\n', 't.x', 't = { b = 2 } # c\n'],
    ['goes out of braces last', 't = { a = 1, x = 1 }\n', 't.x', 't = { a = 1 }\n'],
    ['leaves empty braces', 't = {x = 1}\n', 't.x', 't = {}\n'],
    [
      'goes with all its dotted keys in braces',
      't = { a = 1, x.b = 1, x.c = 2 }\n',
      't.x',
      't = { a = 1 }\n',
    ],
    [
      'leaves comments in braces',
      't = {\n  a = 1, # a\n  x = 1, # x\n}\n',
      't.x',
      't = {\n  a = 1 # a\n # x\n}\n',
    ],
    ['may be an inline table', 'a = 1\nx = { b = { c = 1 } }\n', 'x', 'a = 1\n'],
  ])('%s', (_, before, key, after) => {
    expect(apply(before, remove(key))).toBe(after);
    expect(apply(after, remove(key))).toBe(after);
  });
});

describe('a table that is removed', () => {
  it.each<[string, string, string]>([
    ['goes with its entries', '[a]\nb = 1\n\n[x]\nc = 1 # d\n\n[e]\n', '[a]\nb = 1\n\n[e]\n'],
    ['goes with the comments in it', '[x]\n# c\nd = 1\n# e = 1\n\n# f\n\n[g]\n', '# f\n\n[g]\n'],
    ['leaves the comment above it', '# x\n[x]\nc = 1\n\n[d]\n', '# x\n\n[d]\n'],
    ['leaves the comment of the next', '[x]\nc = 1\n# d\n# d too\n[d]\n', '# d\n# d too\n[d]\n'],
    [
      'goes with its inner tables and what is between them',
      '[x]\na = 1\n\n# b\n[x.b]\n\n[[x.c]]\nd = 1\n[[x.c]]\n[x.c.e]\nf = 1\n[z]\n',
      '[z]\n',
    ],
    ['goes with inner tables elsewhere', '[x]\n\n[a]\n\n[x.b]\nc = 1\n\n[d]\n', '[a]\n\n[d]\n'],
    ['goes with a key of the same table', '[a]\nb = 1\n[x.b]\nc = 1\n', '[a]\nb = 1\n'],
    ['may be last', 'a = 1\n\n[x]\nb = 1', 'a = 1\n'],
    ['may be all', '[x]\nb = 1\n', ''],
    ['may have no header', 'a = 1\n[x.b]\n[x.c]\n', 'a = 1\n'],
    ['may be an array of tables', '[[x]]\na = 1\n\n[[x]]\na = 2\n\n[b]\n', '[b]\n'],
  ])('%s', (_, before, after) => {
    expect(apply(before, remove('x'))).toBe(after);
  });

  it('leaves an outer table that has a header', () => {
    expect(apply('[a]\n\n[a.x.y]\nb = 1\n', remove('a.x'))).toBe('[a]\n');
  });

  it('is where it was before it was made', () => {
    const text = '[a]\nb = 1\n\n[c]\nd = 1\n';
    for (const key of ['a.x', 'c.x', 'x']) {
      expect(apply(apply(text, set(`${key}.y`, 1)) ?? '', remove(key))).toBe(text);
    }
  });
});
