import { describe, expect, it } from '@jest/globals';
import type { Setting, SettingPlan } from '../setting.ts';
import { planContainerd } from './index.ts';
import { planFile } from './plan.fixture.ts';

/** The example of the specification, with what a person would add. */
const config = `# Made by the installer
version = 2

[grpc]
uid = 0 # root
address = "/run/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
enable_tls = false
ratio = 0.5
made = 2024-01-31
names = ["a", "b"]

[[proxy]]
name = "one"
`;

function planOf(text: string | undefined, ...settings: readonly Setting[]): readonly SettingPlan[] {
  return planFile(text, settings).settings;
}

function textOf(text: string | undefined, ...settings: readonly Setting[]): string | undefined {
  return planFile(text, settings).text;
}

const cri = 'plugins."io.containerd.grpc.v1.cri"';

describe('a request for containerd', () => {
  it('does the example of the specification, and nothing else to the file', () => {
    const request = [
      { key: 'grpc.uid', value: 7 },
      { key: `${cri}.sandbox_image`, value: 'r/p:1' },
    ];
    expect(planContainerd('[grpc]\nuid = 0\n', request)).toEqual({
      kind: 'planned',
      settings: [
        { key: 'grpc.uid', outcome: 'set', before: '0', after: '7' },
        { key: `${cri}.sandbox_image`, outcome: 'added', after: 'r/p:1' },
      ],
      text: `[grpc]\nuid = 7\n\n[${cri}]\nsandbox_image = "r/p:1"\n`,
    });
  });

  it.each<[Setting, Omit<SettingPlan, 'key'>]>([
    [
      { key: 'version', value: 3 },
      { outcome: 'set', before: '2', after: '3' },
    ],
    [
      { key: 'version', value: 2 },
      { outcome: 'unchanged', before: '2', after: '2' },
    ],
    [
      { key: 'version', value: 2, operation: '' },
      { outcome: 'unchanged', before: '2', after: '2' },
    ],
    [
      { key: 'version', value: 3, operation: 'Add' },
      { outcome: 'set', before: '2', after: '3' },
    ],
    [
      { key: 'version', value: 9, operation: 'delete' },
      { outcome: 'removed', before: '2' },
    ],
    [
      { key: 'root', value: '/data' },
      { outcome: 'added', after: '/data' },
    ],
    [
      { key: 'a.b.c', value: true },
      { outcome: 'added', after: 'true' },
    ],
    [
      { key: 'a', value: { b: [1, 'x', 0.5] } },
      { outcome: 'added', after: '{"b":[1,"x",0.5]}' },
    ],
    [
      { key: 'a', value: {} },
      { outcome: 'added', after: '{}' },
    ],
    [
      { key: 'a', value: [] },
      { outcome: 'added', after: '[]' },
    ],
    [
      { key: 'a', value: '' },
      { outcome: 'added', after: '' },
    ],
    [{ key: 'grpc.gid', operation: 'delete' }, { outcome: 'unchanged' }],
    [{ key: 'nothing.at.all', operation: 'delete' }, { outcome: 'unchanged' }],
    [{ key: 'version.major', operation: 'delete' }, { outcome: 'unchanged' }],
    [{ key: `${cri}.names.a`, operation: 'delete' }, { outcome: 'unchanged' }],
    [
      { key: 'grpc', operation: 'delete' },
      { outcome: 'removed', before: '{"uid":0,"address":"/run/containerd/containerd.sock"}' },
    ],
    [
      { key: 'proxy', operation: 'delete' },
      { outcome: 'removed', before: '[{"name":"one"}]' },
    ],
    [
      { key: `${cri}.ratio`, value: 1 },
      { outcome: 'set', before: '0.5', after: '1.0' },
    ],
    [
      { key: `${cri}.ratio`, value: 0.25 },
      { outcome: 'set', before: '0.5', after: '0.25' },
    ],
    [
      { key: 'grpc.uid', value: 0.5 },
      { outcome: 'set', before: '0', after: '0.5' },
    ],
    [
      { key: `${cri}.made`, operation: 'delete' },
      { outcome: 'removed', before: '2024-01-31' },
    ],
    [
      { key: 'grpc', value: { uid: 0, address: '/run/containerd/containerd.sock' } },
      {
        outcome: 'unchanged',
        before: '{"uid":0,"address":"/run/containerd/containerd.sock"}',
        after: '{"uid":0,"address":"/run/containerd/containerd.sock"}',
      },
    ],
  ])('plans %j', (setting, plan) => {
    const [first] = planOf(config, setting);
    expect(first).toEqual({ key: setting.key, ...plan });
  });

  it.each([
    [['b', 'c', 'c', 'd'], '["a","b"]', '["a","b","c","d"]', 'set'],
    [['b', 'a'], '["a","b"]', '["a","b"]', 'unchanged'],
    [[], '["a","b"]', '["a","b"]', 'unchanged'],
  ])('adds to a list what it lacks: %j', (value, before, after, outcome) => {
    const key = `${cri}.names`;
    expect(planOf(config, { key, value })).toEqual([{ key, outcome, before, after }]);
  });
});

describe('B-31: a key that cannot be had', () => {
  it.each<[string, unknown, string]>([
    ['version', '3', 'The type of the value would change from number to string'],
    ['version', true, 'The type of the value would change from number to boolean'],
    ['version', [2], 'The type of the value would change from number to list'],
    ['grpc.address', 1, 'The type of the value would change from string to number'],
    ['grpc', 1, 'The type of the value would change from table to number'],
    ['grpc.uid', { a: 1 }, 'The type of the value would change from number to table'],
    [`${cri}.made`, '2024-01-31', 'The type of the value would change from date-time to string'],
    [`${cri}.names`, 'c', 'The type of the value would change from list to string'],
    [`${cri}.names`, [1], 'The list holds items of type string, not number'],
    ['version.major', 1, 'The part "version" of the key is no table but of type number'],
    ['grpc.address.a.b', 1, 'The part "address" of the key is no table but of type string'],
    [
      `${cri}.names.a`,
      1,
      'The part "names" of the key is a list, and what lies in a list has no key',
    ],
    [
      'proxy.name',
      'two',
      'The part "proxy" of the key is a list, and what lies in a list has no key',
    ],
    ['proxy', [{ name: 'two' }], 'A list of tables with headers of their own cannot be added to'],
    ['', 1, 'The key has an empty part'],
    ['grpc..uid', 1, 'The key has an empty part'],
    ['"grpc', 1, 'The quotes of the key do not enclose whole parts of it'],
    ['a\nb', 1, 'The key holds a control character'],
  ])('is refused: %s = %j', (key, value, reason) => {
    expect(planContainerd(config, [{ key, value }])).toEqual({
      kind: 'planned',
      settings: [{ key, outcome: 'refused', reason }],
      text: config,
    });
  });

  it('is within tables of a list, where it may be more than once', () => {
    const key = 'proxy.name';
    const reason = 'The part "proxy" of the key is a list, and what lies in a list has no key';
    expect(planOf(config, { key, operation: 'delete' })).toEqual([
      { key, outcome: 'refused', reason },
    ]);
  });

  const noNull = 'TOML has no null: a value is needed, and none of its parts may be null';
  const noNumber =
    'A number has to be finite and a whole one between -9007199254740991 and 9007199254740991';
  it.each<[string, unknown, string]>([
    ['null', null, noNull],
    ['none', undefined, noNull],
    ['null in a list', ['a', null], noNull],
    ['null in an object', { a: { b: null } }, noNull],
    ['NaN', Number.NaN, noNumber],
    ['infinity', Infinity, noNumber],
    ['half of a pair', '\ud800', 'A text of the value is not valid Unicode'],
    ['half of a pair in a key', { '\udc00': 1 }, 'A key of the value is not valid Unicode'],
    ['a function', () => 1, 'The value is not JSON'],
    ['a bigint in a list', [1n], 'The value is not JSON'],
    ['a deep list', nest(32), 'The value is nested too deeply'],
    ['a very deep list', nest(100_000), 'The value is nested too deeply'],
  ])('has a value that cannot be stored: %s', (_, value, reason) => {
    expect(planOf(config, { key: 'a', value })).toEqual([{ key: 'a', outcome: 'refused', reason }]);
  });

  it.each([2 ** 63, 2 ** 53, -(2 ** 53), 1e300, -1e21])(
    'B-21: is a number that has lost its digits: %d',
    (value) => {
      const [plan] = planOf(config, { key: 'a', value }, { key: 'b', value: [value] });
      expect(plan).toEqual({ key: 'a', outcome: 'refused', reason: noNumber });
    },
  );

  it('has a value that is too large to be read back', () => {
    const key = 'a';
    const reason =
      'The changed file would be too large, or would not hold exactly what is asked for';
    expect(planContainerd(config, [{ key, value: 'x'.repeat(200_000) }])).toEqual({
      kind: 'planned',
      settings: [{ key, outcome: 'refused', reason }],
      text: config,
    });
  });

  it('lets the others of the request pass', () => {
    expect(textOf('a = 1\nb = 2\n', { key: 'a', value: '' }, { key: 'b', value: 3 })).toBe(
      'a = 1\nb = 3\n',
    );
  });
});

describe('keys of one request', () => {
  const repeated = 'The key is asked for twice';
  const nested = 'The key lies within another key of the request, or that one within it';
  it.each([
    ['a', 'a', repeated],
    ['a.b', `"a".'b'`, repeated],
    ['a.b', 'a', nested],
    ['a', 'a.b.c', nested],
    ['a.b.c', 'a', nested],
    ['"a.b"', 'a.b', undefined],
    ['a.b', 'a.bc', undefined],
  ])('B-52: %s and then %s', (first, second, reason) => {
    const settings = planOf('', { key: first, value: {} }, { key: second, value: {} });
    expect(settings.map(({ key }) => key)).toEqual([first, second]);
    expect(settings.map((setting) => setting.reason)).toEqual([undefined, reason]);
  });

  it('B-52: are done in their order', () => {
    expect(textOf('', ...['b', 'c', 'a'].map((key) => ({ key, value: 1 })))).toBe(
      'b = 1\nc = 1\na = 1\n',
    );
  });

  it('B-51: lose either kind of quotes', () => {
    expect(textOf('[a."b.c"]\nd = 1\n', { key: `a.'b.c'.d`, value: 2 })).toBe('[a."b.c"]\nd = 2\n');
  });

  it('B-15: are not removed elsewhere when a part is missing', () => {
    const text = 'uid = 1\n[grpc]\nuid = 2\n';
    expect(textOf(text, { key: 'debug.uid', operation: 'delete' })).toBe(text);
    expect(textOf(text, { key: 'grpc.x.uid', operation: 'delete' })).toBe(text);
  });

  it('may be names of members of every object', () => {
    const key = '__proto__.constructor';
    expect(
      textOf('[__proto__]\npolluted = 1\n', { key, value: JSON.parse('{"__proto__": 1}') }),
    ).toBe('[__proto__]\npolluted = 1\nconstructor = { __proto__ = 1 }\n');
    expect(planOf('', { key: 'toString', operation: 'delete' })).toEqual([
      { key: 'toString', outcome: 'unchanged' },
    ]);
    expect('polluted' in {}).toBe(false);
  });
});

describe('a file', () => {
  it('has its tables in the last table of a list', () => {
    const text = '[[a]]\n[[a]]\n[a.b]\nc = 1\n[[a.d]]\n[[a.d]]\ne = 1.0\n[a.d.f]\n';
    expect(planOf(text, { key: 'a', operation: 'delete' })).toEqual([
      { key: 'a', outcome: 'removed', before: '[{},{"b":{"c":1},"d":[{},{"e":1.0,"f":{}}]}]' },
    ]);
  });

  it('is made when there is none', () => {
    expect(textOf(undefined, { key: 'root', value: '/data' }, { key: 'grpc.uid', value: 1 })).toBe(
      'root = "/data"\n\n[grpc]\nuid = 1\n',
    );
  });

  it('is not made for nothing', () => {
    expect(planContainerd(undefined, [{ key: 'a', operation: 'delete' }, { key: 'b' }])).toEqual({
      kind: 'planned',
      settings: [
        { key: 'a', outcome: 'unchanged' },
        { key: 'b', outcome: 'refused', reason: expect.any(String) },
      ],
    });
  });

  it('stays when all is removed from it', () => {
    expect(textOf('a = 1\n', { key: 'a', operation: 'delete' })).toBe('');
    expect(textOf('', { key: 'a', operation: 'delete' })).toBe('');
  });

  it.each<[string, string, number | undefined, string]>([
    [
      'B-46: a repeated key',
      'a = 1\na = 2\n',
      2,
      'Expected valid TOML: Defining a key multiple times is invalid',
    ],
    [
      'a repeated table',
      '[a]\n[b]\n[a]\n',
      3,
      'Expected valid TOML: Defining a key multiple times is invalid',
    ],
    ['no value', '\n\na =', 3, 'Expected valid TOML: Unspecified values are invalid'],
    ['an open list', 'a = [1,\n', 2, 'Expected valid TOML: Unspecified values are invalid'],
    ['another format', '{"a": 1}', 1, 'Expected valid TOML: Unexpected token'],
    ['no Unicode', 'a = 1\nb = "\\ud800"', 2, 'Expected valid TOML: Invalid code point'],
    [
      'a NUL',
      'a = "\0"',
      1,
      'Expected valid TOML: Control characters (codes < 0x1f and 0x7f) are not allowed',
    ],
    ['a NUL in a comment', '# \0', 1, 'Expected valid TOML: Invalid code point'],
    [
      'a stray carriage return',
      'a = 1\r\n# b\rc = 2\n',
      2,
      'Expected a line feed behind every carriage return',
    ],
    [
      'deep nesting',
      `\na = ${'['.repeat(33)}${']'.repeat(33)}`,
      2,
      'Expected at most 32 levels of nesting',
    ],
    [
      'deep inline tables',
      `a = ${'{a='.repeat(33)}1${'}'.repeat(33)}`,
      1,
      'Expected at most 32 levels of nesting',
    ],
    ['a deep key', `b = 1\n${'a.'.repeat(33)}a = 1`, 2, 'Expected at most 32 levels of nesting'],
    [
      'nesting beyond the stack',
      `a = ${'['.repeat(99_999)}${']'.repeat(99_999)}`,
      undefined,
      'Expected values of an ordinary size and depth',
    ],
    [
      'a huge text',
      `a = "${'x'.repeat(200_000)}"`,
      undefined,
      'Expected values of an ordinary size and depth',
    ],
    ['a huge file', '#'.repeat(262_145), undefined, 'Expected at most 262144 characters'],
  ])('is unreadable with %s', (_, text, line, message) => {
    expect(planContainerd(text, [{ key: 'b', value: 1 }])).toEqual({
      kind: 'unreadable',
      message,
      ...(line === undefined ? {} : { line }),
    });
  });
});

function nest(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
