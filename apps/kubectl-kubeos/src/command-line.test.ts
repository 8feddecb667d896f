import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './command-line.ts';

const optionsOf = (...argv: readonly string[]) => {
  const line = parseCommandLine(argv);
  if (line.kind !== 'run') throw new Error('no command');
  return line.options;
};

describe('the command line', () => {
  it('has a command, names and the defaults of kubectl', () => {
    expect(parseCommandLine(['explain', 'worker-1'])).toEqual({
      kind: 'run',
      command: 'explain',
      names: ['worker-1'],
      options: {
        ...{ connection: {}, requestTimeoutSeconds: 10, allNamespaces: false, output: 'table' },
        ...{ watch: false, timeZone: 'UTC', assume: {}, simulate: false, seed: 1 },
        ...{ dryRun: 'none', overwrite: false, partial: false },
      },
    });
  });

  it('takes the options of kubectl, before and behind the command', () => {
    expect(optionsOf('-n', 'apps', 'status', '-o', 'wide', '-w')).toMatchObject({
      ...{ namespace: 'apps', output: 'wide', watch: true },
    });
    expect(optionsOf('status', '-A', '--context', 'c', '--cluster=l', '--user=u')).toMatchObject({
      allNamespaces: true,
      connection: { context: 'c', cluster: 'l', user: 'u' },
    });
    expect(optionsOf('status', '--kubeconfig=k', '--request-timeout', '30s')).toMatchObject({
      connection: { kubeconfig: 'k' },
      requestTimeoutSeconds: 30,
    });
  });

  it('takes what is assumed of steps', () => {
    const { assume } = optionsOf('plan', 'web', '--assume', 'download=300,reboot=90');
    expect(assume).toEqual({ download: 300, reboot: 90 });
  });

  it.each([
    [['--help'], { kind: 'help' }],
    [['help'], { kind: 'help' }],
    [['help', 'plan'], { kind: 'help', command: 'plan' }],
    [['plan', '-h'], { kind: 'help', command: 'plan' }],
    [['--version'], { kind: 'version' }],
    [['__complete', 'explain', ''], { kind: 'complete', words: ['explain', ''] }],
  ])('understands %j', (argv, line) => expect(parseCommandLine(argv)).toEqual(line));

  it.each([
    [[], 'no command'],
    [['fly'], 'there is no command "fly"'],
    [['help', 'fly'], 'there is no command "fly"'],
    [['pause', 'web', '--watch'], '--watch does not go with pause'],
    [['pause', 'web', '--fast'], "Unknown option '--fast'"],
    [['status', '-A', '-n', 'x'], '--namespace and --all-namespaces do not go together'],
    [['status', '-o', 'xml'], '--output is json, yaml, wide, not "xml"'],
    [['pause', 'x', '--dry-run', 'maybe'], '--dry-run is none, client, server, not "maybe"'],
    [['status', '--request-timeout', '0'], '--request-timeout is a number above 0'],
    [['plan', 'x', '--seed', 'x'], '--seed is a number above 0, not "x"'],
    [['status', '--time-zone', 'Nowhere'], '--time-zone is an IANA time zone, not "Nowhere"'],
    [['plan', 'x', '--assume', 'lunch=60'], '--assume is STEP=SECONDS of download'],
    [['plan', 'x', '--assume', 'download'], 'not "download"'],
  ])('refuses %j and says where help is', (argv, problem) => {
    expect(() => parseCommandLine(argv)).toThrow(problem);
    expect(() => parseCommandLine(argv)).toThrow('kubectl kubeos --help');
  });
});
