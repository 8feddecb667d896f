import { describe, expect, it } from '@jest/globals';
import { examplesOf } from '@kubeos/docs';
import { helpText, readArguments } from './arguments.ts';

describe('the command line', () => {
  it('builds both images for both platforms by itself', () => {
    expect(readArguments([])).toEqual({
      ...{ kind: 'build', output: 'dist/images', architectures: ['amd64', 'arm64'] },
      programs: ['os-operator', 'os-proxy'],
    });
  });

  it('narrows what is built, and says where it goes', () => {
    const words = '--arch arm64 --image os-proxy -o out --snapshot 20261101T000000Z --push';
    expect(readArguments([...words.split(' '), 'registry.example.org:5000/team'])).toEqual({
      ...{ kind: 'build', output: 'out', architectures: ['arm64'], programs: ['os-proxy'] },
      ...{ snapshot: '20261101T000000Z', push: 'registry.example.org:5000/team' },
    });
  });

  it('has help, which names every option', () => {
    expect(readArguments(['--push', 'x.example.org', '--help'])).toEqual({ kind: 'help' });
    for (const option of ['push', 'output', 'arch', 'image', 'snapshot']) {
      expect(helpText).toContain(`--${option} `);
    }
  });

  it.each([
    [['--push'], /--push <value>/u],
    [['--push', ''], /--push is a registry such as registry\.example\.org/u],
    [['--push', 'team'], /not "team"/u],
    [['--push', 'https://registry.example.org'], /not "https:/u],
    [['--push', 'Registry.example.org/Team'], /repository/u],
    [['--arch', 'riscv64'], /--arch is amd64 or arm64, not "riscv64"/u],
    [['--image', 'os-agent'], /--image is os-operator or os-proxy/u],
    [['--snapshot', 'yesterday'], /20261101T000000Z/u],
    [['--tag', 'x'], /Unknown option/u],
    [['push'], /positional/u],
  ])('refuses %j', (argv, message) => {
    expect(() => readArguments(argv)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(message),
      }),
    );
  });

  const documented = examplesOf('sh', 'npm').flatMap(({ text, where }) =>
    [...text.matchAll(/npm run images(?: -- (.*))?$/gmu)].map(([, words = '']) => ({
      ...{ where, words },
    })),
  );

  it.each(documented)('is understood as $where has it', ({ words }) => {
    const argv = words.split(' ').filter((word) => word !== '');
    expect(readArguments(argv).kind).toBe('build');
  });
});
