import { describe, expect, it } from '@jest/globals';
import { journalErrors } from './journal-errors.ts';

const klog = (severity: string, text: string) =>
  `${severity}1126 16:47:44.123456    1234 run.go:72] ${text}`;
const logrus = (level: string, text: string) =>
  `time="2026-11-26T16:47:44.123456789Z" level=${level} ${text}`;

describe('journalErrors', () => {
  it.each([
    ['a quoted one of klog', klog('E', '"command failed" err="hidden"'), 'command failed'],
    ['one with fields', klog('F', '"failed" token=hidden keys=["hidden"]'), 'failed'],
    ['an older one', klog('F', 'cannot read "hidden": no number'), 'cannot read "...": no number'],
    ['one that begins with a value', klog('E', '"hidden" is no number'), '"..." is no number'],
    ['a dump', klog('E', 'invalid: &{Token:hidden} {hidden}'), 'invalid: &"..."'],
    [
      'one with a quoted value',
      klog('E', String.raw`"cannot read \"hidden\" as int" err="x"`),
      'cannot read "..." as int',
    ],
    [
      'one with a value that holds quotes',
      klog('E', String.raw`"cannot read \"hid\\\"hidden\" as int"`),
      'cannot read "..." as int',
    ],
    ['one of several lines', klog('E', String.raw`"one\n\ttwo" err="hidden"`), 'one two'],
    ['one of logrus', logrus('error', 'msg="no plugin" error="hidden"'), 'no plugin'],
    ['one without a time', 'level=fatal msg="no plugin" token=hidden', 'no plugin'],
    ['one word', logrus('panic', 'msg=no token=hidden'), 'no'],
    [
      'a setting',
      logrus('error', 'msg="bad line token = hidden, key=hidden"'),
      'bad line token = "..." key="..."',
    ],
    [
      'one in JSON',
      JSON.stringify({ error: 'hidden', level: 'fatal', msg: "can't load\n'hidden'" }),
      `can't load "..."`,
    ],
    ['a dump in JSON', JSON.stringify({ level: 'error', msg: 'bad {\nhidden\n}' }), 'bad "..."'],
    ['one whose quote has no end', klog('E', 'failed with `hidden'), 'failed with "..."'],
  ])('has the message of %s', (_name, line, message) => {
    expect(journalErrors(`${line}\n`)).toEqual([message]);
  });

  it.each([
    klog('I', '"Starting" config="hidden"'),
    klog('W', '"Starting" config="hidden"'),
    logrus('info', 'msg="hidden"'),
    logrus('info', String.raw`msg="level=error msg=\"hidden\""`),
    logrus('error', ''),
    JSON.stringify({ level: 'info', msg: 'hidden' }),
    JSON.stringify({ msg: 'hidden', level: ['error'] }),
    JSON.stringify({ level: 'error', msg: { token: 'hidden' } }),
    '{"level":"error","msg":"hidden',
    '  token: hidden',
    'Error: hidden',
    'Example of hidden',
    '',
  ])('passes over %j', (line) => {
    expect(journalErrors(line)).toEqual([]);
  });

  it('has each message once, where it came last', () => {
    const lines = ['one', 'two', 'one'].map((text) => klog('E', `"${text}"`));
    expect(journalErrors(lines.join('\n'))).toEqual(['two', 'one']);
  });
});
