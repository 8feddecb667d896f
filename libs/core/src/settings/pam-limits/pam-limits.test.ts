import { describe, expect, it } from '@jest/globals';
import type { FilePlan, Setting } from '../setting.ts';
import { planLimits } from './index.ts';
import { parseLimits } from './parse.ts';
import { domainProblem, limitItems, valueProblem } from './values.ts';

const set = (key: string, value?: unknown): Setting => ({ key, value });
const remove = (key: string, value?: unknown): Setting => ({ key, value, operation: 'delete' });
const textOf = (plan: FilePlan): string | undefined =>
  plan.kind === 'planned' ? plan.text : plan.message;
const apply = (text: string, ...settings: Setting[]): string | undefined =>
  textOf(planLimits(text, settings));
const outcomes = (text: string, ...settings: Setting[]): readonly string[] => {
  const plan = planLimits(text, settings);
  return plan.kind === 'planned' ? plan.settings.map(({ outcome }) => outcome) : [plan.kind];
};
const reasonOf = (text: string, setting: Setting): string | undefined => {
  const plan = planLimits(text, [setting]);
  return plan.kind === 'planned' ? plan.settings[0]?.reason : plan.message;
};

describe('a plan of limits.conf', () => {
  it('B-40: gives the whole new text, to be put in the place of the old one', () => {
    const text = '# base\nalice soft nofile 1024\nbob - core 0\n';
    const settings = [
      set('alice', '_._.4096'),
      remove('bob', '-.core.0'),
      set('bob', 'hard.core.0'),
      set('carol', 'soft.nproc.unlimited'),
    ];
    expect(planLimits(text, settings)).toEqual({
      kind: 'planned',
      settings: [
        { key: 'alice', outcome: 'set', before: 'soft.nofile.1024', after: 'soft.nofile.4096' },
        { key: 'bob', outcome: 'removed', before: '-.core.0' },
        { key: 'bob', outcome: 'added', after: 'hard.core.0' },
        { key: 'carol', outcome: 'added', after: 'soft.nproc.unlimited' },
      ],
      text: '# base\nalice soft nofile 4096\nbob hard core 0\ncarol soft nproc unlimited\n',
    });
  });

  it.each([
    ['tabs', 'alice\tsoft\tnofile\t1024\n', 'alice\tsoft\tnofile\t4096\n'],
    ['runs of blanks', 'alice  soft \t nofile   1024\n', 'alice  soft \t nofile   4096\n'],
    ['blanks around it', ' \talice soft nofile 1024 \n', ' \talice soft nofile 4096 \n'],
    ['a comment', 'alice soft nofile 1024 # files\n', 'alice soft nofile 4096 # files\n'],
    ['a comment close by', 'alice soft nofile 1024#5\n', 'alice soft nofile 4096#5\n'],
    ['capitals', 'alice Soft NOFILE 1024\n', 'alice Soft NOFILE 4096\n'],
    [
      'more columns, which belong to the value',
      'alice soft nofile 1 2\n',
      'alice soft nofile 4096\n',
    ],
    ['the line ends of DOS', 'alice soft nofile 1\r\n#\r\n', 'alice soft nofile 4096\r\n#\r\n'],
    ['no end', 'alice soft nofile 1024', 'alice soft nofile 4096'],
  ])('B-46: changes the value alone in a line with %s', (_name, text, changed) => {
    for (const value of ['soft.nofile.4096', '_.nofile.4096', '_._.4096', 'SOFT.nofile.4096']) {
      expect(apply(text, set('alice', value))).toBe(changed);
      expect(apply(changed, set('alice', value))).toBe(changed);
      expect(outcomes(changed, set('alice', value))).toEqual(['unchanged']);
    }
  });

  it.each([
    ['*', 'soft.core.0'],
    ['@students', 'hard.nproc.20'],
    ['%students', '-.maxlogins.4'],
    ['%', '-.maxlogins.4'],
    ['%:1000', '-.maxlogins.4'],
    ['1000:2000', 'hard.nproc.20'],
    ['@1000:', 'hard.nproc.20'],
    [':1000', 'hard.nproc.20'],
    ['__proto__', 'hard.nproc.20'],
    ['jürgen', 'hard.nproc.20'],
  ])('knows the domain %s', (domain, value) => {
    const line = `${domain} ${value.replaceAll('.', ' ')}\n`;
    expect(apply('', set(domain, value))).toBe(line);
    expect(outcomes(line, set(domain, value))).toEqual(['unchanged']);
    expect(apply(line, remove(domain, value))).toBe('');
  });

  it('adds the other limit of a domain that has one', () => {
    expect(apply('alice soft nofile 1024\n', set('alice', 'hard.nofile.1'))).toBe(
      'alice soft nofile 1024\nalice hard nofile 1\n',
    );
  });

  it.each([
    ['an empty file', '', 'bob hard core 0\n'],
    ['a last line without an end', '# End of file', '# End of file\nbob hard core 0\n'],
    ['the line ends of DOS', '#\r\n', '#\r\nbob hard core 0\r\n'],
    ['a byte order mark', '\uFEFFbob hard core 0\n', '\uFEFFbob hard core 0\nbob hard core 0\n'],
    ['a line of another domain', 'BOB hard core 0\n', 'BOB hard core 0\nbob hard core 0\n'],
    ['another type', 'bob soft core 0\n', 'bob soft core 0\nbob hard core 0\n'],
    ['a comment', ' # bob hard core 0\n', ' # bob hard core 0\nbob hard core 0\n'],
  ])('adds a line behind %s', (_name, text, changed) => {
    expect(apply(text, set('bob', 'hard.core.0'))).toBe(changed);
    expect(outcomes(text, set('bob', 'hard.core.0'))).toEqual(['added']);
  });

  it.each([
    ['_._.7', 'a soft core 7\na hard core 7\na soft nproc 7\nb soft core 1\n'],
    ['soft._.7', 'a soft core 7\na hard core 2\na soft nproc 7\nb soft core 1\n'],
    ['_.core.7', 'a soft core 7\na hard core 7\na soft nproc 3\nb soft core 1\n'],
    ['soft.core.7', 'a soft core 7\na hard core 2\na soft nproc 3\nb soft core 1\n'],
    ['soft.core._', 'a soft core 1\na hard core 2\na soft nproc 3\nb soft core 1\n'],
    ['_._._', 'a soft core 1\na hard core 2\na soft nproc 3\nb soft core 1\n'],
  ])('%s keeps the parts that it does not name', (value, changed) => {
    const text = 'a soft core 1\na hard core 2\na soft nproc 3\nb soft core 1\n';
    expect(apply(text, set('a', value))).toBe(changed);
    expect(apply(changed, set('a', value))).toBe(changed);
  });

  it('tells the limits that change', () => {
    expect(
      planLimits('a soft core 1\na hard core 7\na soft nproc 3\n', [set('a', '_._.7')]),
    ).toEqual(
      expect.objectContaining({
        settings: [
          {
            key: 'a',
            outcome: 'set',
            before: 'soft.core.1, soft.nproc.3',
            after: 'soft.core.7, soft.nproc.7',
          },
        ],
      }),
    );
  });

  it.each([
    ['the three parts', 'soft.core.1', 'removed', 'a hard core 2\na soft nproc 1\n'],
    ['capitals', 'Soft.Core.1', 'removed', 'a hard core 2\na soft nproc 1\n'],
    ['any value', 'soft.core._', 'removed', 'a hard core 2\na soft nproc 1\n'],
    ['any type', '_.core._', 'removed', 'a soft nproc 1\n'],
    ['any item', 'soft._.1', 'removed', 'a hard core 2\n'],
    ['any limit', '_._._', 'removed', ''],
    ['any limit of a value that none has', '_._.9', 'unchanged', undefined],
    ['another value', 'soft.core.9', 'refused', undefined],
    ['a limit that is not there', 'hard.nproc.1', 'unchanged', undefined],
  ])('deletes by %s', (_name, value, outcome, changed) => {
    const text = 'a soft core 1 # c\na hard core 2\na soft nproc 1\n';
    expect(outcomes(text, remove('a', value))).toEqual([outcome]);
    expect(apply(text, remove('a', value))).toBe(changed ?? text);
    const again = outcome === 'refused' ? 'refused' : 'unchanged';
    expect(outcomes(changed ?? text, remove('a', value))).toEqual([again]);
  });

  it('takes an unknown operation for an update', () => {
    const setting = { key: 'a', value: 'soft.core.2', operation: 'replace' };
    expect(apply('a soft core 1\n', setting)).toBe('a soft core 2\n');
  });

  it.each([
    ['an empty domain', set('', 'soft.core.0'), 'The domain is empty'],
    ['a domain with a blank', set('a b', 'soft.core.0'), 'blank'],
    ['a domain with a tab', set('a\tb', 'soft.core.0'), 'control character'],
    ['a domain with a line break', set('a\nb', 'soft.core.0'), 'control character'],
    ['a domain with a comment', set('a#b', 'soft.core.0'), '#'],
    ['a range that is none', set('a:b', 'soft.core.0'), 'range'],
    ['a limit of all logins', set('%a', 'soft.core.0'), 'maxlogins only'],
    ['two parts', set('a', 'soft.core'), 'three parts'],
    ['four parts', set('a', 'soft.core.0.5'), 'three parts'],
    ['an empty part', set('a', 'soft..0'), 'three parts'],
    ['an empty type', set('a', '.core.0'), 'three parts'],
    ['an empty limit', set('a', 'soft.core.'), 'three parts'],
    ['a number', set('a', 5), 'three parts'],
    ['no value', set('a'), 'three parts'],
    ['null', set('a', null), 'three parts'],
    ['a list', set('a', ['soft.core.0']), 'has to be a text'],
    ['an object', set('a', { soft: 0 }), 'has to be a text'],
    ['an unknown type', set('a', 'weak.core.0'), 'The type has to be'],
    ['an unknown item', set('a', 'soft.cores.0'), 'The item is none'],
    ['an unknown item of a delete', remove('a', 'soft.cores.0'), 'The item is none'],
    ['a name of an object', set('a', 'soft.constructor.0'), 'The item is none'],
    ['a value that is no number', set('a', 'soft.core.much'), 'whole number'],
    ['a value that no item has', set('a', 'soft._.much'), 'whole number'],
    ['a value with a line break', set('a', 'soft.core.1\n'), 'whole number'],
    ['a value with a blank', set('a', 'soft.core.1 2'), 'whole number'],
    ['_ as type of a new limit', set('new', '_.core.0'), 'no such limit'],
    ['_ as item of a new limit', set('new', 'soft._.0'), 'no such limit'],
    ['_ as value of a new limit', set('new', 'soft.core._'), 'no such limit'],
    ['a delete of another value', remove('a', 'soft.core.9'), 'another value'],
  ])('B-31: refuses %s and says why', (_name, setting, reason) => {
    expect(reasonOf('a soft core 1\n', setting)).toContain(reason);
    expect(apply('a soft core 1\n', setting)).toBe('a soft core 1\n');
  });

  it('B-31: refuses a value that one of the found items cannot have', () => {
    const text = 'a soft core 1\na - nice 5\n';
    expect(reasonOf(text, set('a', '_._.unlimited'))).toContain('nice');
    expect(reasonOf(text, set('a', '_._.-5'))).toContain('unlimited, infinity or -1');
    expect(reasonOf(text, set('a', '_._.-1'))).toBeUndefined();
    expect(reasonOf(text, set('a', '_._._'))).toBeUndefined();
  });

  it('quotes nothing of a value in a refusal', () => {
    expect(reasonOf('', set('a', 'soft.core.secret'))).not.toContain('secret');
  });

  it('B-46: sets every line of a doubled limit, and reaches all limits of a domain', () => {
    const text = 'a soft core 1\na hard core 2\na\tsoft core 3\n';
    expect(apply(text, set('a', 'soft.core.3'))).toBe(
      'a soft core 3\na hard core 2\na\tsoft core 3\n',
    );
    expect(apply(text, set('a', 'hard.core.9'))).toBe(
      'a soft core 1\na hard core 9\na\tsoft core 3\n',
    );
  });

  it('B-46: deletes every line of a doubled limit, or none', () => {
    expect(apply('a soft core 1\nb - nice 0\na soft core 1\n', remove('a', 'soft.core.1'))).toBe(
      'b - nice 0\n',
    );
    const mixed = 'a soft core 1\na soft core 2\n';
    expect(outcomes(mixed, remove('a', 'soft.core.1'))).toEqual(['refused']);
    expect(apply(mixed, remove('a', 'soft.core.1'))).toBe(mixed);
    expect(apply(mixed, remove('a', 'soft.core._'))).toBe('');
    expect(apply(mixed, remove('a', '_.core.1'))).toBe('a soft core 2\n');
  });

  it.each([
    'alice -\n',
    'alice soft nofile\n',
    'alice\n',
    ' \t\n\n',
    '\t# alice soft nofile 1\n',
    'alice soft nofile # 1\n',
    '# a\ralice soft nofile 1\n',
    '\u2028\ud800\n',
  ])('B-46: keeps %j and edits beside it', (text) => {
    expect(apply(text, set('alice', 'soft.nofile.1'))).toBe(`${text}alice soft nofile 1\n`);
  });

  it('keeps limits that it does not know', () => {
    const text = 'a - rttime 5\na x y z\na soft _ 5\n';
    expect(apply(text, set('a', 'soft.core.1'))).toBe(`${text}a soft core 1\n`);
  });

  it('B-52: takes several limits of a domain, in the order of the request', () => {
    const settings = [
      set('b', 'soft.core.1'),
      set('a', 'hard.nofile.2'),
      set('b', 'hard.core.3'),
      set('a', 'soft.nofile.4'),
    ];
    expect(apply('', ...settings)).toBe(
      'b soft core 1\na hard nofile 2\nb hard core 3\na soft nofile 4\n',
    );
  });

  it.each([
    ['the same limit', 'soft.core.1', 'soft.core.2', 'refused'],
    ['the same value', 'soft.core.1', 'soft.core.1', 'refused'],
    ['any limit behind one of them', 'soft.core.1', '_._.2', 'refused'],
    ['one behind any limit', '_._.2', 'soft.core.1', 'refused'],
    ['both limits behind one of them', 'soft.core.1', '-.core.2', 'refused'],
    ['one behind both limits', '-.core.1', 'hard.core.2', 'refused'],
    ['one of both behind any item', '-._.1', 'hard.core.2', 'refused'],
    ['another type of logins, which have none', 'soft.maxlogins.1', 'hard.maxlogins.2', 'refused'],
    ['another type', 'soft.core.1', 'hard.core.2', 'set'],
    ['another type of any item', 'soft._.1', 'hard._.2', 'set'],
    ['another item', 'soft.core.1', 'soft.nproc.2', 'added'],
  ])('B-52: of two wishes for %s', (_name, first, second, outcome) => {
    const text = 'a soft core 9\na hard core 9\n';
    expect(outcomes(text, set('a', first), set('a', second))[1]).toBe(outcome);
    expect(outcomes(text, set('b', first), set('a', second))[1]).not.toBe('refused');
  });

  it('refuses a value that a later line of the domain would overrule', () => {
    const text = 'a soft core 1\na - core 2\n';
    expect(reasonOf(text, set('a', 'soft.core.5'))).toContain('later line');
    expect(reasonOf(text, set('a', 'soft.core.1'))).toContain('later line');
    expect(apply(text, set('a', 'soft.core.2'))).toBe('a soft core 2\na - core 2\n');
    expect(apply(text, set('a', '-.core.5'))).toBe('a soft core 1\na - core 5\n');
    expect(apply(text, set('a', '_.core.5'))).toBe('a soft core 5\na - core 5\n');
    expect(apply(text, set('a', 'hard.core.5'))).toBe(`${text}a hard core 5\n`);
    const settings = [set('a', 'soft.core.5'), remove('a', '-.core.2')];
    expect(apply(text, ...settings)).toBe('a soft core 5\n');
    expect(reasonOf('a - core 1\na hard core 2\n', set('a', '-.core.5'))).toContain('later line');
    expect(
      reasonOf('a soft maxlogins 1\na hard maxlogins 2\n', set('a', 'soft.maxlogins.5')),
    ).toContain('later line');
    expect(
      reasonOf('a soft core 1\n* - core 2\na - cpu 3\n', set('a', 'soft.core.5')),
    ).toBeUndefined();
  });

  it('does not edit without a file', () => {
    expect(planLimits(undefined, [remove('a', '_._._')])).toEqual({
      kind: 'unreadable',
      message: expect.stringContaining('limits.conf'),
    });
  });

  it('does not edit a file with a NUL character', () => {
    expect(planLimits('# a\na soft core 1\0\n', [])).toMatchObject({ kind: 'unreadable', line: 2 });
  });
});

describe('a parsed limits.conf', () => {
  it('has the columns of its limits', () => {
    expect(parseLimits(' @G\tHARD CPU  5 min # c\n')).toMatchObject({
      lines: [{ limit: { domain: '@G', type: 'hard', item: 'cpu', value: '5 min', tail: ' # c' } }],
    });
  });

  it('takes letters outside ASCII for other letters, as C does', () => {
    // The first letter of the item is the Kelvin sign.
    expect(parseLimits('a soft \u212Aeys 1\n')).toMatchObject({
      lines: [{ limit: { item: '\u212Aeys' } }],
    });
  });
});

describe('the values of an item', () => {
  it.each([
    ['nofile', ['0', '1024', '-1', 'unlimited', 'infinity'], ['', '-2', '1k', '1e3', '-', '0x1']],
    ['nice', ['-20', '0', '19'], ['-21', '20', 'unlimited', '']],
    ['priority', ['-20', '0', '5'], ['infinity', '1.5', '']],
    ['nonewprivs', ['0', '1'], ['2', '-1', 'unlimited', '']],
    ['unknown', ['0', '-1'], ['-5']],
  ])('of %s', (item, good, bad) => {
    for (const value of good) expect(valueProblem(item, value)).toBeUndefined();
    for (const value of bad) expect(valueProblem(item, value)).toMatch(/has to be/);
  });

  it('can be 1 for all of limits.conf(5)', () => {
    expect(limitItems.size).toBe(19);
    for (const item of limitItems) expect(valueProblem(item, '1')).toBeUndefined();
  });
});

describe('a domain', () => {
  it.each([':', 'a:1', '1:a', '@:', '%1:2', '%1:', '@a:', '1:2:3', '-1:2'])(
    '%s is no range',
    (domain) => expect(domainProblem(domain, 'maxlogins')).toContain('range'),
  );
});
