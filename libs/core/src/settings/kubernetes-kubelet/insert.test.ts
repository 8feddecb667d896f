import { describe, expect, it } from '@jest/globals';
import { textAfter } from './plan.fixture.ts';

describe('a key that is new', () => {
  it.each<[string, string, string, unknown, string]>([
    [
      'behind the last line',
      'port: 1 # c\n\n# end\n',
      'maxPods',
      1,
      'port: 1 # c\nmaxPods: 1\n\n# end\n',
    ],
    ['without a line end', 'port: 1', 'maxPods', 1, 'port: 1\nmaxPods: 1'],
    [
      'with CRLF',
      'port: 1\r\n',
      'evictionHard',
      { a: 'b' },
      'port: 1\r\nevictionHard:\r\n  a: b\r\n',
    ],
    [
      'before the end of the document',
      'port: 1\n...\n',
      'maxPods',
      1,
      'port: 1\nmaxPods: 1\n...\n',
    ],
    [
      'behind a block',
      'tracing:\n    endpoint: a\n',
      'maxPods',
      1,
      'tracing:\n    endpoint: a\nmaxPods: 1\n',
    ],
    ['behind nothing', 'tracing: # c\n', 'maxPods', 1, 'tracing: # c\nmaxPods: 1\n'],
    [
      'behind a block of text',
      'clusterDomain: |\n  a\n\n# c\n',
      'maxPods',
      1,
      'clusterDomain: |\n  a\nmaxPods: 1\n\n# c\n',
    ],
    [
      'behind braces',
      'tracing: {\n  endpoint: a\n  } # c\n',
      'maxPods',
      1,
      'tracing: {\n  endpoint: a\n  } # c\nmaxPods: 1\n',
    ],
    [
      'in a map',
      'tracing:\n    endpoint: a # c\n    # d\nport: 1\n',
      'tracing.samplingRatePerMillion',
      1,
      'tracing:\n    endpoint: a # c\n    samplingRatePerMillion: 1\n    # d\nport: 1\n',
    ],
    [
      'in missing maps',
      'tracing:\n    endpoint: a\n',
      'authentication.x509.clientCAFile',
      '/a',
      'tracing:\n    endpoint: a\nauthentication:\n    x509:\n        clientCAFile: /a\n',
    ],
    [
      'in a map without entries',
      'tracing: # c\nport: 1\n',
      'tracing.endpoint',
      'a',
      'tracing: # c\n  endpoint: a\nport: 1\n',
    ],
    [
      'in a map that is null',
      'tracing: null # c\n',
      'tracing.endpoint',
      'a',
      'tracing: {endpoint: a} # c\n',
    ],
    [
      'in nothing within braces',
      '{"tracing": }',
      'tracing.endpoint',
      'a',
      '{"tracing": {"endpoint": "a"} }',
    ],
    [
      'in empty braces',
      'tracing: {} # c\n',
      'tracing.endpoint',
      'a',
      'tracing: {endpoint: a} # c\n',
    ],
    [
      'in braces',
      'tracing: { endpoint: a }\n',
      'tracing.samplingRatePerMillion',
      1,
      'tracing: { endpoint: a, samplingRatePerMillion: 1 }\n',
    ],
    [
      'behind a last comma',
      'tracing: {endpoint: a,}\n',
      'tracing.samplingRatePerMillion',
      1,
      'tracing: {endpoint: a, samplingRatePerMillion: 1,}\n',
    ],
    [
      'in braces on lines',
      '{\n  "port": 1 # c\n}\n',
      'maxPods',
      1,
      '{\n  "port": 1, # c\n  "maxPods": 1\n}\n',
    ],
    [
      'in braces on lines with a last comma',
      '{\n  port: 1, # c\n}\n',
      'maxPods',
      1,
      '{\n  port: 1, # c\n  maxPods: 1,\n}\n',
    ],
    [
      'as a list in braces',
      '{port: 1}',
      'clusterDNS',
      ['10.0.0.10', '::1'],
      '{port: 1, clusterDNS: [10.0.0.10, "::1"]}',
    ],
    ['in JSON', '{"port":1}', 'clusterDomain', 'a', '{"port":1, "clusterDomain": "a"}'],
    [
      'as a list',
      'port: 1\n',
      'clusterDNS',
      ['10.0.0.10', '::1'],
      'port: 1\nclusterDNS:\n- 10.0.0.10\n- "::1"\n',
    ],
    [
      'as a list like the other lists',
      'clusterDNS:\n  - a\n',
      'tlsCipherSuites',
      ['B'],
      'clusterDNS:\n  - a\ntlsCipherSuites:\n  - B\n',
    ],
    [
      'as a list of maps',
      'port: 1\n',
      'registerWithTaints',
      [{ key: 'a', value: 'true' }, {}],
      'port: 1\nregisterWithTaints:\n- key: a\n  value: "true"\n- {}\n',
    ],
    [
      'as a map of lists',
      'port: 1\n',
      'staticPodURLHeader',
      { a: ['b'], c: [] },
      'port: 1\nstaticPodURLHeader:\n  a:\n  - b\n  c: []\n',
    ],
  ])('goes where it belongs: %s', (_, text, key, value, after) => {
    expect(textAfter(text, { key, value })).toBe(after);
  });

  it.each([
    ...['a', 'a-b_c.d', '/etc/x', 'unix:///run/x.sock', 'a:b', 'Z', 'e5', 'yes.no'],
    ...['10s', '1h30m', '1.5h', '200Mi', '1.5Gi', '10k', '15%', '10.0.0.10', '10.0.0.0/8'],
  ])('has a text without quotes where all readers agree: %s', (value) => {
    expect(textAfter('port: 1\n', { key: 'clusterDomain', value })).toBe(
      `port: 1\nclusterDomain: ${value}\n`,
    );
  });

  it.each([
    ...[
      '',
      ' ',
      'a b',
      'a ',
      'yes',
      'No',
      'y',
      'N',
      'on',
      'OFF',
      'true',
      'null',
      '~',
      'NaN',
      'inf',
    ],
    ...['1', '-1', '1.5', '010', '0x1F', '1e3', '1_0', '1:30', '2026-01-31', '.5', '.inf', '10E'],
    ...[
      'a:',
      'a: b',
      'a #',
      '#a',
      '- a',
      '-',
      '?',
      '*a',
      '&a',
      '!a',
      '%a',
      '@a',
      '`a',
      '|',
      '>',
      '"',
    ],
    ...[
      "'",
      '[a]',
      '{',
      ',',
      '<<',
      '---',
      '...',
      '::1',
      'größe',
      '😀',
      '\\',
      '\u00a0',
      '\ta',
      'a\n',
    ],
    ...['\0', '\u007f', '\u0085', '\u2028', '\uFEFF', '\uFFFF'],
  ])('has a text in quotes where they do not: %j', (value) => {
    const after = textAfter('port: 1\n', { key: 'clusterDomain', value }) ?? '';
    expect(after).toMatch(/^port: 1\nclusterDomain: "[ -~\u00a0-\u2027\u202a-\uFEFE\uFFFD]*"\n$/);
  });

  it('has its name in quotes where it would be another one', () => {
    const value = { on: true, 1: false, 'a:b': true, a: true };
    expect(textAfter('port: 1\n', { key: 'featureGates', value })).toBe(
      'port: 1\nfeatureGates:\n  "1": false\n  "on": true\n  "a:b": true\n  a: true\n',
    );
  });
});

describe('an item that is new', () => {
  it.each<[string, string, readonly unknown[], string]>([
    ['in brackets', 'clusterDNS: [a] # c\n', ['b', 'c'], 'clusterDNS: [a, b, c] # c\n'],
    ['in quotes like the others', "clusterDNS: ['a']\n", ['b'], "clusterDNS: ['a', 'b']\n"],
    ['in empty brackets', 'clusterDNS: [ ] # c\n', ['b', 'c'], 'clusterDNS: [b, c ] # c\n'],
    ['behind a last comma', 'clusterDNS: [a, ]\n', ['b'], 'clusterDNS: [a, b, ]\n'],
    [
      'in brackets on lines',
      'clusterDNS: [\n  a, # c\n  b # d\n  ]\n',
      ['e', 'f'],
      'clusterDNS: [\n  a, # c\n  b, # d\n  e,\n  f\n  ]\n',
    ],
    [
      'on lines with a last comma',
      'clusterDNS: [\n  a, # c\n  ]\n',
      ['e', 'f'],
      'clusterDNS: [\n  a, # c\n  e,\n  f,\n  ]\n',
    ],
    ['in JSON', '{"clusterDNS":["a"]}', ['b'], '{"clusterDNS":["a", "b"]}'],
    [
      'in a block',
      'clusterDNS:\n  - a # c\n  # d\nport: 1\n',
      ['b'],
      'clusterDNS:\n  - a # c\n  - b\n  # d\nport: 1\n',
    ],
    ['in a block without a line end', 'clusterDNS:\n- "a"', ['b'], 'clusterDNS:\n- "a"\n- "b"'],
    ['behind nothing', 'clusterDNS:\n- # c\n', ['b'], 'clusterDNS:\n- # c\n- b\n'],
    [
      'behind a block of text',
      'clusterDNS:\n- |-\n  a\nport: 1\n',
      ['b'],
      'clusterDNS:\n- |-\n  a\n- b\nport: 1\n',
    ],
    ['behind a map', 'clusterDNS:\n- a: b\n  c: d\n', ['b'], 'clusterDNS:\n- a: b\n  c: d\n- b\n'],
    ['behind a list', 'clusterDNS:\n- - a\n', ['b'], 'clusterDNS:\n- - a\n- b\n'],
  ])('goes behind the last one: %s', (_, text, value, after) => {
    expect(textAfter(text, { key: 'clusterDNS', value })).toBe(after);
  });

  it('may be a map', () => {
    const text = 'registerWithTaints:\n  - key: a\n    effect: b # c\n';
    const value = [
      { effect: 'b', key: 'a' },
      { key: 'd', effect: 'e' },
    ];
    expect(textAfter(text, { key: 'registerWithTaints', value })).toBe(
      `${text}  - key: d\n    effect: e\n`,
    );
    expect(textAfter('registerWithTaints: [{key: a}]', { key: 'registerWithTaints', value })).toBe(
      'registerWithTaints: [{key: a}, {effect: b, key: a}, {key: d, effect: e}]',
    );
  });
});
