import { describe, expect, it } from '@jest/globals';
import { textAfter } from './plan.fixture.ts';

describe('a key that goes', () => {
  it.each<[string, string, string, string]>([
    ['takes its line', '# a\nmaxPods: 1 # c\n# b\nport: 2\n', 'maxPods', '# a\n# b\nport: 2\n'],
    ['takes the last line', 'port: 2\nmaxPods: 1', 'maxPods', 'port: 2\n'],
    [
      'takes all its lines',
      'port: 2\nclusterDomain: |\n  a\n\n  b\nmaxPods: 1\n',
      'clusterDomain',
      'port: 2\nmaxPods: 1\n',
    ],
    [
      'takes the comments within',
      'tracing: # a\n  # b\n  endpoint: c\n\n  # d\n# e\nport: 1\n',
      'tracing',
      '# e\nport: 1\n',
    ],
    ['leaves blank lines', 'tracing:\n  endpoint: c\n\n\nport: 1\n', 'tracing', '\n\nport: 1\n'],
    ['takes a list', 'clusterDNS:\n- a\n# b\n- c\n# d\nport: 1\n', 'clusterDNS', '# d\nport: 1\n'],
    [
      'leaves the other keys',
      'tracing:\n  endpoint: c\n  # d\n  a: b\n',
      'tracing.endpoint',
      'tracing:\n  # d\n  a: b\n',
    ],
    [
      'leaves an empty map',
      'tracing: # a\n  # b\n  endpoint: c # d\nport: 1\n',
      'tracing.endpoint',
      'tracing: {} # a\n  # b\nport: 1\n',
    ],
    ['leaves empty braces', 'tracing: { endpoint: c }\n', 'tracing.endpoint', 'tracing: { }\n'],
    ['takes the comma behind', '{a: 1, maxPods: 2, b: 3}', 'maxPods', '{a: 1, b: 3}'],
    ['takes the first comma', '{ maxPods: 2, b: 3 }', 'maxPods', '{ b: 3 }'],
    ['takes the comma before', '{a: 1,  maxPods: 2 }', 'maxPods', '{a: 1 }'],
    ['takes its last comma', '{a: 1, maxPods: 2, }', 'maxPods', '{a: 1, }'],
    [
      'takes its line in braces',
      '{\n  "a": 1,\n  "maxPods": 2,\n  "b": 3\n}',
      'maxPods',
      '{\n  "a": 1,\n  "b": 3\n}',
    ],
    [
      'takes the last line in braces',
      '{\n  "a": 1, # c\n  "maxPods": 2\n}',
      'maxPods',
      '{\n  "a": 1 # c\n}',
    ],
    [
      'leaves a comment in braces',
      '{\n  a: 1,\n  maxPods: 2, # c\n  b: 3\n}',
      'maxPods',
      '{\n  a: 1,\n  # c\n  b: 3\n}',
    ],
    [
      'leaves a comment before the comma',
      '{\n  maxPods: 2 # c\n  , b: 3\n}',
      'maxPods',
      '{\n  # c\n   b: 3\n}',
    ],
    [
      'leaves a brace behind its column',
      'x: {a: 1,\n  maxPods: 2}\n',
      'x.maxPods',
      'x: {a: 1\n  }\n',
    ],
  ])('%s', (_, text, key, after) => {
    expect(textAfter(text, { key, operation: 'delete' })).toBe(after);
  });

  it('leaves CRLF as it is', () => {
    expect(
      textAfter('port: 1\r\ntracing:\r\n  endpoint: a\r\nmaxPods: 1\r\n', {
        key: 'tracing',
        operation: 'delete',
      }),
    ).toBe('port: 1\r\nmaxPods: 1\r\n');
  });
});
