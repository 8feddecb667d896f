import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './command-line.ts';

const plain = { command: 'serve', root: '/', output: 'text' };

describe('command line', () => {
  it.each([
    [[], plain],
    [['serve', '--listen', '/run/x.sock'], { ...plain, listen: '/run/x.sock' }],
    [['status', '-o', 'json'], { ...plain, command: 'status', output: 'json' }],
    [['settings', '-o', 'json'], { ...plain, command: 'settings', output: 'json' }],
    [['drift'], { ...plain, command: 'drift' }],
    [['return', '--root', '/n1'], { ...plain, command: 'return', root: '/n1' }],
    [['--config', '/c.json', 'boot'], { ...plain, command: 'boot', config: '/c.json' }],
    [['rollback', '--help'], { ...plain, command: 'help' }],
    [['--version'], { ...plain, command: 'version' }],
  ])('understands %j', (argv, expected) => {
    expect(parseCommandLine(argv)).toEqual(expected);
  });

  it.each([
    [['--force'], "Unknown option '--force'"],
    [['reboot'], 'no command "reboot"'],
    [['status', 'now'], '"now" is one word too many'],
    [['--root'], 'argument missing'],
    [['status', '-o', 'yaml'], 'text or json'],
    [['return', '-o', 'json'], '--output goes with status and settings only'],
    [['status', '--listen', '/x'], '--listen goes with serve only'],
  ])('refuses %j', (argv, problem) => {
    expect(() => parseCommandLine(argv)).toThrow(problem);
    expect(() => parseCommandLine(argv)).toThrow('see os-agent --help');
  });
});
