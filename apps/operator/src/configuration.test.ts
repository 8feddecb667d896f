import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './configuration.ts';

describe('the command line of os-operator', () => {
  it('needs nothing in a pod', () => {
    expect(parseCommandLine([], { TZ: 'Europe/Berlin' })).toEqual({
      kind: 'run',
      configuration: {
        namespace: 'kubeos-system',
        leaseName: 'os-operator',
        identity: expect.stringMatching(/^os-operator_[0-9a-f-]{36}$/) as unknown,
        timeZone: 'Europe/Berlin',
        ownLabel: 'app.kubernetes.io/name=os-operator',
        listen: ':8080',
        logLevel: 'info',
      },
    });
  });

  it('makes every process a candidate of its own', () => {
    const identity = (): unknown => {
      const line = parseCommandLine([], { POD_NAME: 'p' });
      return line.kind === 'run' ? line.configuration.identity : undefined;
    };

    expect(identity()).toMatch(/^p_/);
    expect(identity()).not.toBe(identity());
  });

  it('takes the zone of the system when none is named', () => {
    expect(parseCommandLine([], {})).toMatchObject({
      configuration: { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
    });
  });

  it('lets an option win over its variable', () => {
    const env = { POD_NAMESPACE: 'a', KUBECONFIG: '/k', LEASE_NAME: 'l' };

    expect(parseCommandLine(['--namespace=b'], env)).toMatchObject({
      configuration: { namespace: 'b', kubeconfig: '/k', leaseName: 'l' },
    });
  });

  it('takes the command retire with its deadline', () => {
    expect(parseCommandLine(['retire'], {})).toMatchObject({
      kind: 'retire',
      deadlineSeconds: 1200,
      configuration: { leaseName: 'os-operator' },
    });
    expect(parseCommandLine(['retire', '--deadline=60'], {})).toMatchObject({
      deadlineSeconds: 60,
    });
  });

  it.each([
    [['retired'], 'there is no command retired'],
    [['retire', 'now'], 'there is no command retire now'],
    [['retire', '--deadline=soon'], '--deadline: expected a number'],
    [['--deadline=5'], '--deadline belongs to the command retire'],
    [['--time-zone=Mars'], '--time-zone: expected an IANA time zone'],
    [['--own-label=x'], '--own-label: expected KEY=VALUE'],
    [['--listen=x'], '--listen: expected HOST:PORT'],
    [['--namespace='], '--namespace: expected a text'],
    [['--name=x'], 'Unknown option'],
  ])('refuses %j', (argv, problem) => {
    expect(() => parseCommandLine(argv, {})).toThrow(problem);
  });
});
