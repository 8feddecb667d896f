import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './configuration.ts';

describe('the command line of os-proxy', () => {
  it('needs the name of the node and nothing else', () => {
    expect(parseCommandLine(['--node-name=n1'], {})).toEqual({
      kind: 'run',
      configuration: {
        nodeName: 'n1',
        agentSocket: '/run/os-agent/os-agent.sock',
        snapshot: '/run/os-agent/status.json',
        listen: ':8081',
        logLevel: 'info',
      },
    });
  });

  it('takes environment variables in place of options', () => {
    const env = {
      NODE_NAME: 'n1',
      NODE_UID: 'u1',
      KUBECONFIG: '/k',
      AGENT_SOCKET: '/a/b.sock',
      LISTEN: '127.0.0.1:0',
      LOG_LEVEL: 'debug',
    };

    expect(parseCommandLine([], env)).toEqual({
      kind: 'run',
      configuration: {
        nodeName: 'n1',
        nodeUid: 'u1',
        kubeconfig: '/k',
        agentSocket: '/a/b.sock',
        snapshot: '/a/status.json',
        listen: '127.0.0.1:0',
        logLevel: 'debug',
      },
    });
  });

  it('lets an option win over its variable', () => {
    const argv = ['--node-name', 'n2', '--snapshot', '/s.json'];

    expect(parseCommandLine(argv, { NODE_NAME: 'n1' })).toMatchObject({
      configuration: { nodeName: 'n2', snapshot: '/s.json' },
    });
  });

  it.each([
    [[], '--node-name: is missing'],
    [['--node-name='], '--node-name: expected a text'],
    [['--node-name=n', '--agent-socket=x'], '--agent-socket: expected an absolute path'],
    [['--node-name=n', '--listen=8080'], '--listen: expected HOST:PORT'],
    [['--node-name=n', '--log-level=loud'], '--log-level:'],
    [['--nodename=n'], 'Unknown option'],
    [['n'], 'Unexpected argument'],
  ])('refuses %j', (argv, problem) => {
    expect(() => parseCommandLine(argv, {})).toThrow(problem);
    expect(() => parseCommandLine(argv, {})).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
