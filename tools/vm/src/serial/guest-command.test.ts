import { createHash } from 'node:crypto';

import { expect, it } from '@jest/globals';

import { GuestCommand } from './guest-command.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const coded = (text: string): string => Buffer.from(text).toString('base64');

/** What the guest answers to the output line. */
function answered(out: string, err: string): string {
  return [
    ...[`@k1.out start`, `@k1.out:${coded(out)}`, `@k1.out ${digest(out)}  -`],
    ...[
      `@k1.err start`,
      ...(err === '' ? [] : [`@k1.err:${coded(err)}`]),
      `@k1.err ${digest(err)}  -`,
    ],
    '',
  ].join('\n');
}

const command = new GuestCommand('k1', 'echo hello');

it('takes no echo of what was typed for an answer', () => {
  const typed = [...command.uploadLines, command.runLine, command.statusLine, command.outputLine];
  const echo = typed.map((line) => `root@node:~#${line}\n`).join('');
  expect(command.isTaken(echo, 0)).toBe(false);
  expect(command.exitCode(echo)).toBeUndefined();
  expect(command.output(echo, 'out')).toBeUndefined();
});

it('reads status and output', () => {
  expect(command.isTaken(`# @k1.in0 ${coded('echo hello')}\n`, 0)).toBe(true);
  expect(command.exitCode('@k1.rc 3\n')).toBe(3);
  const text = answered('hello\n', '');
  expect(command.output(text, 'out')).toBe('hello\n');
  expect(command.output(text, 'err')).toBe('');
});

it('is not disturbed by messages of the kernel in the middle of a line', () => {
  const text = answered('hello\n', 'bad\n');
  const message = '[   12.345678] usb 1-1: new device\n';
  for (let index = 0; index < text.length; index += 1) {
    const mixed = text.slice(0, index) + message + text.slice(index);
    expect(command.output(mixed, 'out')).toBe('hello\n');
    expect(command.output(mixed, 'err')).toBe('bad\n');
  }
  expect(command.exitCode(`@k1.r${message}c 4\n`)).toBe(4);
});

it('does not take damaged output, and takes it when it comes again', () => {
  const damaged = answered('hello\n', '').replace(coded('hello\n'), coded('hallo\n'));
  expect(command.output(damaged, 'out')).toBeUndefined();
  expect(command.output(`${damaged}${answered('hello\n', '')}`, 'out')).toBe('hello\n');
});

it('is not run when it did not come over as it was typed', () => {
  expect(command.isTaken(`@k1.in0 ${coded('echo hello').slice(1)}\n`, 0)).toBe(false);
  expect(command.isTaken('@k1.in0 \n', 0)).toBe(false);
});

it('waits for output that is not complete yet', () => {
  const text = answered('hello\n', '');
  expect(command.output(text.slice(0, text.indexOf(digest('hello\n'))), 'out')).toBeUndefined();
});

it('types long commands in several lines', () => {
  const long = new GuestCommand('k2', 'x'.repeat(4000));
  expect(long.uploadLines).toHaveLength(4);
  for (const line of long.uploadLines) expect(line.length).toBeLessThan(2000);
});
