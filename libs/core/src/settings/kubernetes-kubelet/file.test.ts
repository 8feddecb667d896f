import { describe, expect, it } from '@jest/globals';
import { planKubelet } from './index.ts';
import { head, textOf } from './plan.fixture.ts';

describe('a file', () => {
  it('is made with its kind when there is none', () => {
    const made = `${head}maxPods: 5\nevictionHard:\n  memory.available: 1Gi\n`;
    const settings = [
      { key: 'maxPods', value: 5 },
      { key: 'evictionHard."memory.available"', value: '1Gi' },
    ];
    expect(textOf(undefined, ...settings)).toBe(made);
    expect(textOf('', ...settings)).toBe(made);
    expect(textOf('# ours\n', ...settings)).toBe(`# ours\n${made}`);
    expect(textOf('---\n', ...settings)).toBe(`---\n${made}`);
    expect(textOf('{}', { key: 'maxPods', value: 5 })).toBe(
      '{apiVersion: "kubelet.config.k8s.io/v1beta1", kind: KubeletConfiguration, maxPods: 5}'.replaceAll(
        '"',
        '',
      ),
    );
    expect(textOf(undefined, { key: 'kind', value: 'KubeletConfiguration' })).toBe(head);
  });

  it('is not made for nothing', () => {
    expect(
      planKubelet(undefined, [
        { key: 'maxPods', operation: 'delete' },
        { key: 'port', value: '' },
      ]),
    ).toEqual({
      kind: 'planned',
      settings: [
        { key: 'maxPods', outcome: 'unchanged' },
        { key: 'port', outcome: 'refused', reason: expect.any(String) },
      ],
    });
    expect(textOf('', { key: 'maxPods', operation: 'delete' })).toBe('');
  });

  it('without a kind keeps that, and may be given one', () => {
    expect(textOf('maxPods: 1\n', { key: 'port', value: 1 })).toBe('maxPods: 1\nport: 1\n');
    expect(textOf('maxPods: 1\n', { key: 'kind', value: 'KubeletConfiguration' })).toBe(
      'maxPods: 1\nkind: KubeletConfiguration\n',
    );
  });

  it('stays when all is removed from it', () => {
    expect(textOf('maxPods: 1\n', { key: 'maxPods', operation: 'delete' })).toBe('');
    expect(textOf('{maxPods: 1}\n', { key: 'maxPods', operation: 'delete' })).toBe('{}\n');
  });

  const map = 'Expected a map of plain keys, without anchor, tag or merge key';
  const characters = 'Expected lines of printable characters that end in a line feed';
  const depth = 'Expected at most 32 levels of nesting';
  it.each<[string, string, number | undefined, string]>([
    [
      'another kind',
      'apiVersion: v1\nkind: Config\n',
      2,
      'Expected kind to be KubeletConfiguration',
    ],
    ['a kind that is no text', 'kind: {}\n', 1, 'Expected kind to be KubeletConfiguration'],
    [
      'another version',
      'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1\n',
      2,
      'Expected apiVersion to be kubelet.config.k8s.io/v1beta1',
    ],
    ['several documents', 'maxPods: 1\n---\nmaxPods: 2\n', 2, 'Expected one document'],
    ['B-46: a repeated key', 'a: 1\nb: 2\n"a": 3\n', 3, 'Expected each key of a map once'],
    [
      'B-46: a repeated key within',
      'a:\n  - {yes: 1, true: 2}\n',
      2,
      'Expected each key of a map once',
    ],
    ['a list', '- a\n', 1, map],
    ['a text', 'a\n', 1, map],
    ['null', '--- ~\n', 1, map],
    ['a tag for nothing', '--- !!null\n', 1, map],
    ['an anchor for nothing', '--- &a\n', 1, map],
    ['an anchor', '--- &a\nb: 1\n', 2, map],
    ['a merge key', 'b: &a {}\n<<: *a\n', 1, map],
    ['another format', '[a]\nb = 1\n', 2, 'Expected valid YAML: unexpected token'],
    ['an open list', 'a: [1,\n', 2, 'Expected valid YAML: bad indent'],
    ['a long key', `a:\n  ${'x'.repeat(1100)}: 1\n`, 2, 'Expected valid YAML: key over 1024 chars'],
    [
      'a long key in braces',
      `a:\n  {${'x'.repeat(1100)}: 1}\n`,
      2,
      'Expected keys of at most 1024 characters',
    ],
    ['a tab', 'a:\n\tb: 1\n', 2, 'Expected valid YAML: tab as indent'],
    ['a NUL', 'a: 1\nb: "\0"\n', 2, characters],
    ['half of a pair', 'a: \ud800\n', 1, characters],
    ['a stray carriage return', 'a: 1\r\n# b\rc: 2\n', 2, characters],
    ['a line separator', '# b\u2028c: 2\n', 1, characters],
    ['a byte order mark within', 'a: 1\n\uFEFFb: 1\n', 2, characters],
    ['deep lists', `a: 1\nb: ${'['.repeat(33)}${']'.repeat(33)}`, 2, depth],
    [
      'deep maps',
      Array.from({ length: 34 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''),
      33,
      depth,
    ],
    ['nesting beyond the stack', `a: ${'['.repeat(30_000)}${']'.repeat(30_000)}`, 1, depth],
    ['a huge file', '#'.repeat(65_537), undefined, 'Expected at most 65536 characters'],
  ])('is unreadable with %s', (_, text, line, message) => {
    expect(planKubelet(text, [{ key: 'maxPods', value: 1 }])).toEqual({
      kind: 'unreadable',
      message,
      ...(line === undefined ? {} : { line }),
    });
  });

  it('may have an alias for each alias', () => {
    const levels = Array.from({ length: 20 }, (_, level) => {
      const items = Array.from({ length: 9 }, () => `*a${level}`).join(', ');
      return `a${level + 1}: &a${level + 1} [${items}]\n`;
    });
    const text = `a0: &a0 lol\n${levels.join('')}`;
    expect(textOf(text, { key: 'maxPods', value: 1 })).toBe(`${text}maxPods: 1\n`);
  });
});
