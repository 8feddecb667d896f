import { describe, expect, it } from '@jest/globals';
import { textAfter } from './plan.fixture.ts';

describe('a value in the place of another one', () => {
  it.each<[string, string, string, unknown, string]>([
    ['a number', 'maxPods:   1   # c\n', 'maxPods', 2, 'maxPods:   2   # c\n'],
    ['without a line end', 'maxPods: 1', 'maxPods', 2, 'maxPods: 2'],
    ['with CRLF', 'port: 1\r\nmaxPods: 1\r\n', 'port', 2, 'port: 2\r\nmaxPods: 1\r\n'],
    ['with a byte order mark', '\uFEFFport: 1\n', 'port', 2, '\uFEFFport: 2\n'],
    [
      'in single quotes',
      "clusterDomain: 'a'\n",
      'clusterDomain',
      "it's",
      "clusterDomain: 'it''s'\n",
    ],
    ['in double quotes', 'clusterDomain: "a"\n', 'clusterDomain', 'b', 'clusterDomain: "b"\n'],
    [
      'where single quotes do not do',
      "clusterDomain: 'a'\n",
      'clusterDomain',
      'a\nb',
      'clusterDomain: "a\\nb"\n',
    ],
    ['null', 'maxPods: ~ # c\n', 'maxPods', 2, 'maxPods: 2 # c\n'],
    ['nothing', 'maxPods: # c\nport: 1', 'maxPods', 2, 'maxPods: 2 # c\nport: 1'],
    ['nothing at the end', 'port: 1\nmaxPods:', 'maxPods', 2, 'port: 1\nmaxPods: 2'],
    ['by null', 'maxPods: 1 # c\n', 'maxPods', null, 'maxPods: null # c\n'],
    [
      'several lines',
      'clusterDomain: a\n  b\n  c # d\n',
      'clusterDomain',
      'e',
      'clusterDomain: e # d\n',
    ],
    [
      'a line of its own',
      'clusterDomain: # c\n  a # d\n',
      'clusterDomain',
      'e',
      'clusterDomain: # c\n  e # d\n',
    ],
    [
      'a block of text',
      'clusterDomain: |\n  a\n  b\n# c\n',
      'clusterDomain',
      'e',
      'clusterDomain: e\n# c\n',
    ],
    [
      'a block of text at the end',
      'clusterDomain: >-\n  a',
      'clusterDomain',
      'e',
      'clusterDomain: e',
    ],
    [
      'braces',
      'evictionHard: { a: b } # c\n',
      'evictionHard',
      { d: 'e' },
      'evictionHard: {d: e} # c\n',
    ],
    [
      'braces with quotes',
      "evictionHard: {'a': b}\n",
      'evictionHard',
      { d: 'e' },
      "evictionHard: {'d': 'e'}\n",
    ],
    [
      'empty braces',
      'evictionHard: {}\n',
      'evictionHard',
      { d: 'e:f' },
      'evictionHard: {d: "e:f"}\n',
    ],
    [
      'no map',
      'evictionHard: # c\n  # d\n',
      'evictionHard',
      { d: 'e' },
      'evictionHard: # c\n  d: e\n  # d\n',
    ],
    [
      'a block',
      'evictionHard: # c\n   # d\n   a: b # e\n   # f\nport: 1\n',
      'evictionHard',
      { g: 'h', i: 'j' },
      'evictionHard: # c\n   # d\n   g: h\n   i: j\n   # f\nport: 1\n',
    ],
    [
      'a block at the end',
      'evictionHard:\n  a: b',
      'evictionHard',
      { g: 'h' },
      'evictionHard:\n  g: h',
    ],
    [
      'a block by none',
      'evictionHard: # c\n  a: b # d\n  e: f\nport: 1\n',
      'evictionHard',
      {},
      'evictionHard: {} # c\nport: 1\n',
    ],
    ['a block by null', 'evictionHard:\n  a: b\n', 'evictionHard', null, 'evictionHard: null\n'],
    ['a block by a text', 'clusterDomain:\n  a: b\n', 'clusterDomain', 'c', 'clusterDomain: c\n'],
    ['in braces', '{maxPods: 1 , port: 2}', 'maxPods', 3, '{maxPods: 3 , port: 2}'],
    ['nothing in braces', '{maxPods: , port: 2}', 'maxPods', 3, '{maxPods: 3 , port: 2}'],
    [
      'in JSON',
      '{"clusterDomain":null,"port":2}',
      'clusterDomain',
      'a',
      '{"clusterDomain":"a","port":2}',
    ],
    [
      'nothing in JSON',
      '{"clusterDNS":[],"tracing":{}}',
      'tracing',
      { endpoint: 'a' },
      '{"clusterDNS":[],"tracing":{"endpoint": "a"}}',
    ],
    ['an octal number', 'maxPods: 010\n', 'maxPods', 10, 'maxPods: 10\n'],
    [
      'a key that is a number',
      'evictionHard:\n  010: a\n',
      'evictionHard.8',
      'b',
      'evictionHard:\n  010: b\n',
    ],
    [
      'a key that is a word',
      'evictionHard:\n  on: a\n',
      'evictionHard.true',
      'b',
      'evictionHard:\n  on: b\n',
    ],
    [
      'a key with quotes',
      `evictionHard:\n  'a."b"': c\n`,
      `evictionHard.'a."b"'`,
      'd',
      `evictionHard:\n  'a."b"': d\n`,
    ],
  ])('takes its form: %s', (_, text, key, value, after) => {
    expect(textAfter(text, { key, value })).toBe(after);
  });

  it('is a block for another kind of block, wherever that began', () => {
    const text = 'evictionHard:\n- a\n- b\nport: 1\nauthentication:\n    x509: {}\n';
    expect(
      textAfter(text, { key: 'evictionHard', operation: 'delete' }, { key: 'port', value: 2 }),
    ).toBe('port: 2\nauthentication:\n    x509: {}\n');
    const map = 'clusterDNS:\n    a: b\nport: 1\n';
    expect(textAfter(map, { key: 'clusterDNS', value: ['a'] })).toBe('clusterDNS:\n- a\nport: 1\n');
  });
});
