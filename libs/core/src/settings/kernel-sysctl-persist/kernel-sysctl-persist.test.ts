import { describe, expect, it } from '@jest/globals';
import type { FilePlan, Setting } from '../setting.ts';
import { planSysctlFile } from './index.ts';
import { parseSysctlFile } from './parse.ts';

const set = (key: string, value?: unknown): Setting => ({ key, value });
const remove = (key: string, value?: unknown): Setting => ({ key, value, operation: 'delete' });
const textOf = (plan: FilePlan): string | undefined =>
  plan.kind === 'planned' ? plan.text : plan.message;
const apply = (text: string | undefined, ...settings: Setting[]): string | undefined =>
  textOf(planSysctlFile(text, settings));
const outcomes = (text: string | undefined, ...settings: Setting[]): readonly string[] => {
  const plan = planSysctlFile(text, settings);
  return plan.kind === 'planned' ? plan.settings.map(({ outcome }) => outcome) : [plan.kind];
};
const reasonOf = (text: string, setting: Setting): string | undefined => {
  const plan = planSysctlFile(text, [setting]);
  return plan.kind === 'planned' ? plan.settings[0]?.reason : plan.message;
};

describe('a plan of sysctl.conf', () => {
  it('B-40: gives the whole new text, to be put in the place of the old one', () => {
    const text = '# base\nvm.swappiness = 60\nkernel.panic=20\n';
    const settings = [
      set('vm.swappiness', 5),
      remove('kernel.panic', '20'),
      set('fs.file-max', 100000),
    ];
    expect(planSysctlFile(text, settings)).toEqual({
      kind: 'planned',
      settings: [
        { key: 'vm.swappiness', outcome: 'set', before: '60', after: '5' },
        { key: 'kernel.panic', outcome: 'removed', before: '20' },
        { key: 'fs.file-max', outcome: 'added', after: '100000' },
      ],
      text: '# base\nvm.swappiness = 5\nfs.file-max=100000\n',
    });
  });

  it.each([
    ['blanks', '\tvm.swappiness \t=  60 \n', '\tvm.swappiness \t=  5 \n'],
    ['no blanks', 'vm.swappiness=60\n', 'vm.swappiness=5\n'],
    ['a prefix', '-vm.swappiness = 60\n', '-vm.swappiness = 5\n'],
    ['a prefix with blanks', ' - vm.swappiness = 60\n', ' - vm.swappiness = 5\n'],
    ['slashes', 'vm/swappiness = 60\n', 'vm/swappiness = 5\n'],
    ['a slash in front', '/vm/swappiness = 60\n', '/vm/swappiness = 5\n'],
    ['doubled separators', 'vm..swappiness=60\n', 'vm..swappiness=5\n'],
    ['a part that is a dot', 'vm/./swappiness=60\n', 'vm/./swappiness=5\n'],
    ['a second =', 'vm.swappiness=a=b\n', 'vm.swappiness=5\n'],
    ['an empty value', 'vm.swappiness =\n', 'vm.swappiness =5\n'],
    ['a # in the value, which is part of it', 'vm.swappiness=60 # c\n', 'vm.swappiness=5\n'],
    ['the line ends of DOS', 'vm.swappiness=60\r\na=1\r\n', 'vm.swappiness=5\r\na=1\r\n'],
    ['no end', 'vm.swappiness=60', 'vm.swappiness=5'],
  ])('changes the value alone in a line with %s', (_name, text, changed) => {
    expect(apply(text, set('vm.swappiness', '5'))).toBe(changed);
    expect(apply(text, set('vm/swappiness', ' 5\t'))).toBe(changed);
    expect(apply(changed, set('vm.swappiness', '5'))).toBe(changed);
    expect(outcomes(changed, set('vm.swappiness', '5'))).toEqual(['unchanged']);
  });

  it('finds interfaces with dots in their names in both spellings', () => {
    const text = 'net.ipv4.conf.eth0/100.forwarding=0\nnet.ipv4.conf.eth0.100.forwarding=0\n';
    expect(apply(text, set('net/ipv4/conf/eth0.100/forwarding', 1))).toBe(
      'net.ipv4.conf.eth0/100.forwarding=1\nnet.ipv4.conf.eth0.100.forwarding=0\n',
    );
  });

  it.each([
    ['no file', undefined, 'a.b=1\n'],
    ['an empty file', '', 'a.b=1\n'],
    ['a last line without an end', 'x=1', 'x=1\na.b=1\n'],
    ['the line ends of DOS', 'x=1\r\n', 'x=1\r\na.b=1\r\n'],
    ['blank lines at the end', 'x=1\n\n', 'x=1\n\na.b=1\n'],
    // The mark is part of the key for the readers of the file.
    ['a byte order mark', '\uFEFFa.b=1\n', '\uFEFFa.b=1\na.b=1\n'],
    ['a comment with the key', '  # a.b=1\n\t; a.b=1\n', '  # a.b=1\n\t; a.b=1\na.b=1\n'],
    ['a key that is kept from patterns', '-a.b\n', '-a.b\na.b=1\n'],
    ['a pattern', 'a.*=1\n', 'a.*=1\na.b=1\n'],
    ['a line without a key', '=1\n', '=1\na.b=1\n'],
  ])('adds a line behind %s', (_name, text, changed) => {
    expect(apply(text, set('a.b', '1'))).toBe(changed);
    expect(outcomes(text, set('a.b', '1'))).toEqual(['added']);
  });

  it.each([
    ['-net.x.y', '1', '-net.x.y=1\n'],
    ['net/x/y', '1', 'net/x/y=1\n'],
    ['net.ipv4.tcp_rmem', '4096\t131072 6291456', 'net.ipv4.tcp_rmem=4096\t131072 6291456\n'],
    ['a', true, 'a=true\n'],
    ['a', 'x=y # z', 'a=x=y # z\n'],
  ])('writes a new line with %s and the value %j', (key, value, line) => {
    expect(apply(undefined, set(key, value))).toBe(line);
    expect(outcomes(line, set(key, value))).toEqual(['unchanged']);
  });

  it.each([
    ['the value that is there', 'a=1\nb=2\n', remove('a', '1'), ['removed'], 'b=2\n'],
    ['blanks around it', 'a = 1 \nb=2\n', remove('a', ' 1 '), ['removed'], 'b=2\n'],
    ['a number', 'a=1', remove('a', 1), ['removed'], ''],
    ['an empty value', 'a=\n', remove('a'), ['removed'], ''],
    ['a line with a prefix', '-a=1\n', remove('a', 1), ['removed'], ''],
    ['another value', 'a=1\n', remove('a', '2'), ['refused'], 'a=1\n'],
    ['no value', 'a=1\n', remove('a'), ['refused'], 'a=1\n'],
    ['a key that is not there', 'b=2\n', remove('a', '1'), ['unchanged'], 'b=2\n'],
    ['a key in an empty file', '', remove('a', '1'), ['unchanged'], ''],
    ['a key without a file', undefined, remove('a', '1'), ['unchanged'], undefined],
  ])('deletes by key and value: %s', (_name, text, setting, expected, changed) => {
    expect(outcomes(text, setting)).toEqual(expected);
    expect(apply(text, setting)).toBe(changed);
  });

  it('takes an unknown operation for an update', () => {
    expect(apply('a=1\n', { key: 'a', value: 2, operation: 'replace' })).toBe('a=2\n');
  });

  it.each([
    ['an empty key', set('', 1), 'The key is empty'],
    ['a key with =', set('a=b', 1), '='],
    ['a key that begins a comment', set('#a', 1), 'comment'],
    ['a key that begins the other comment', set(';a', 1), 'comment'],
    ['a prefix alone', set('-', 1), 'The key is empty'],
    ['a key with a blank', set('a b', 1), 'blank'],
    ['a key with a line break', set('a\nb', 1), 'control character'],
    ['a key that leads elsewhere', set('a/../b', 1), 'another place'],
    ['an empty value', set('a', ''), 'The value is empty'],
    ['an empty value of a new key', set('new', null), 'The value is empty'],
    ['a value of two lines', set('a', '1\nb=2'), 'line break'],
    ['a list', set('a', ['1']), 'has to be a text'],
    ['an object', set('a', { b: 1 }), 'has to be a text'],
    ['a delete with a list', remove('a', ['1']), 'has to be a text'],
    ['a delete of another value', remove('a', '2'), 'another value'],
  ])('B-31: refuses %s and says why', (_name, setting, reason) => {
    expect(reasonOf('a=1\n', setting)).toContain(reason);
    expect(apply('a=1\n', setting)).toBe('a=1\n');
  });

  it('writes no file for refusals', () => {
    expect(planSysctlFile(undefined, [set('a', '')])).not.toHaveProperty('text');
  });

  it('B-46: sets every line of a doubled key', () => {
    const text = 'a.b=1\nx=0\na/b = 2\n-a.b=3\n';
    expect(apply(text, set('a.b', 3))).toBe('a.b=3\nx=0\na/b = 3\n-a.b=3\n');
    expect(planSysctlFile(text, [set('a.b', 3)])).toMatchObject({
      settings: [{ outcome: 'set', before: '2', after: '3' }],
    });
  });

  it('B-46: deletes every line of a doubled key, or none', () => {
    expect(apply('a=1\nx=0\na = 1\n', remove('a', 1))).toBe('x=0\n');
    const mixed = 'a=1\na=2\n';
    expect(outcomes(mixed, remove('a', 1))).toEqual(['refused']);
    expect(apply(mixed, remove('a', 1))).toBe(mixed);
  });

  it.each([
    'what is this\n',
    'vm.swappiness 60\n',
    '\t# comment\n ; another\n',
    '[section]\n',
    '\n \n\t\n',
    '-\n',
    '\u2028\ud800\n',
    '__proto__=1\nconstructor=2\n',
  ])('B-46: keeps %j and edits beside it', (text) => {
    expect(apply(text, set('a', 1))).toBe(`${text}a=1\n`);
  });

  it('B-52: keeps the order of the request and refuses what comes again, in any spelling', () => {
    const settings = [
      set('b.c', 1),
      set('a.b', 2),
      set('b/c', 3),
      set('-b.c', 1),
      remove('a.b', 2),
    ];
    expect(apply('', ...settings)).toBe('b.c=1\na.b=2\n');
    expect(outcomes('', ...settings)).toEqual(['added', 'added', 'refused', 'refused', 'refused']);
  });

  it.each([
    ['a NUL character', 'a=1\n# \0\n', 2],
    ['a lone carriage return', 'a=1\rb=2\n', 1],
    ['the line ends of an old Mac', 'a=1\rb=2\r', 1],
  ])('does not edit a file with %s', (_name, text, line) => {
    expect(planSysctlFile(text, [set('c', 1)])).toEqual({
      kind: 'unreadable',
      line,
      message: expect.stringContaining('without a NUL character'),
    });
  });

  it('takes carriage returns at the end of a line for blanks', () => {
    expect(apply('a=1\r\r\nb=2\r', set('a', 3), set('b', 3))).toBe('a=3\r\r\nb=3\r');
  });
});

describe('a parsed sysctl.conf', () => {
  it('has the paths and values of its assignments', () => {
    const file = parseSysctlFile('# c\n - net.a/b.c = 1 2 \n');
    expect(file).toMatchObject({
      lines: [{}, { assignment: { path: 'net/a.b/c', value: '1 2' } }],
    });
  });
});
