import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './command-line.ts';

describe('parseCommandLine', () => {
  it('takes the command line of upstream', () => {
    expect(parseCommandLine(['create', '-f', 'kbimg.toml', 'vm-img'])).toEqual({
      ...{ command: 'create', kind: 'vm-img', file: 'kbimg.toml' },
      ...{ output: 'scripts-auto', debug: false, push: false },
    });
    expect(parseCommandLine(['-d', 'create', '--file', 'a.toml', 'upgrade-img'])).toMatchObject({
      ...{ kind: 'upgrade-img', file: 'a.toml', debug: true },
    });
    expect(parseCommandLine(['-h'])).toEqual({ command: 'help' });
    expect(parseCommandLine(['-V'])).toEqual({ command: 'version' });
  });

  it('takes an output folder, and --push with upgrade-img', () => {
    const line = parseCommandLine(['create', '-f', 'a', '-o', 'out', '--push', 'upgrade-img']);
    expect(line).toMatchObject({ output: 'out', push: true });
  });

  it.each([
    [[], 'no command'],
    [['build'], 'there is no command "build"'],
    [['create', '-f', 'a'], 'create what? vm-img, upgrade-img, pxe-img, admin-container'],
    [['create', '-f', 'a', 'iso'], 'there is no image kind "iso"'],
    [['create', '-f', 'a', 'vm-img', 'more'], '"more" is one word too many'],
    [['create', 'vm-img'], '--file FILE, the recipe, is missing'],
    [['create', '-f', 'a', '--push', 'vm-img'], '--push goes with upgrade-img only'],
    [['create', '--fast', 'vm-img'], "Unknown option '--fast'"],
  ])('refuses %j and says where help is', (argv, problem) => {
    expect(() => parseCommandLine(argv)).toThrow(problem);
    expect(() => parseCommandLine(argv)).toThrow('kbimg --help');
  });
});
