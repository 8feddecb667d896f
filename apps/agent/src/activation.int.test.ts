import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAgentClient, decodeSnapshot } from '@kubeos/agent-api';
import type { AgentClient, AgentCredentials } from '@kubeos/agent-api';
import { createTestAuthority, sampleDigest } from '@kubeos/testing';
import { activateAgent, agentCommand, logged, start, until } from '../test/agent-process.ts';
import type { ActivatedAgent } from '../test/agent-process.ts';
import { layOutNode } from '../test/node-root.ts';
import type { NodeRoot } from '../test/node-root.ts';

type Heard = (client: AgentClient) => Promise<'heard'>;

const serves: Heard = async (client) => {
  expect(await client.isServing(unending)).toBe(true);
  return 'heard';
};

/** Refused, but by the agent. */
const prepares: Heard = async (client) => {
  const source = { url: 'http://127.0.0.1/os.img', digest: sampleDigest('a') };
  const payload = { imageType: 'disk', ...source, allowInsecure: false, mutualTls: false } as const;
  const request = { ...operation, version: 'KubeOS 2', payload };
  const answer = client.prepare(request, () => undefined, unending);
  await expect(answer).rejects.toMatchObject({ code: 'INSECURE_SOURCE' });
  return 'heard';
};

const activates: Heard = async (client) => {
  const request = { ...operation, target: { version: 'KubeOS 2' }, confirmTimeoutSeconds: 600 };
  const answer = client.activate(request, unending);
  await expect(answer).rejects.toMatchObject({ code: 'SLOT_REFUSED' });
  return 'heard';
};

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

/** Waits for a line on a program's stderr. */
async function said({ stderr }: ChildProcess, line: RegExp): Promise<void> {
  if (stderr === null) throw new Error('The program has no stderr');
  const lines = createInterface(stderr);
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (text) => {
      if (line.test(text)) resolve();
    });
    lines.on('close', () => reject(new Error(`The program ended without ${String(line)}`)));
  });
}

const operation = { id: 'os/node/1', seq: 1, type: 'upgrade' } as const;
const unending = new AbortController().signal;

describe('socket-activated agent', () => {
  const toClose: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
  });
  const newNode = async (configuration: Readonly<Record<string, unknown>>): Promise<NodeRoot> => {
    const node = await layOutNode(configuration);
    toClose.push(() => node.remove());
    return node;
  };
  const activate = async (node: NodeRoot): Promise<ActivatedAgent> => {
    const agent = await activateAgent(node);
    toClose.push(() => agent.close());
    return agent;
  };
  const connect = (to: NodeRoot | string, credentials?: AgentCredentials): AgentClient => {
    const target = typeof to === 'string' ? to : `unix:${to.socket}`;
    const client = createAgentClient({ target, ...(credentials && { credentials }) });
    toClose.push(() => client.close());
    return client;
  };

  it('takes over the socket of systemd-socket-activate, and is gone when idle', async () => {
    const node = await newNode({ idleSeconds: 0.2 });
    const { child, ended } = start(node, [
      ...['systemd-socket-activate', '--listen', node.socket],
      ...agentCommand(node),
    ]);
    toClose.push(() => child.kill('SIGKILL'));
    await until(() => existsSync(node.socket), 'systemd listens');
    const status = await connect(node).getStatus(unending);
    expect(status).toMatchObject({ version: 'KubeOS 1', bootedSlot: 'A' });
    expect(await ended).toBe(0);
  });

  it('refuses a TCP socket, on which everybody could call', async () => {
    const node = await newNode({});
    const port = await freePort();
    const { child } = start(node, [
      ...['systemd-socket-activate', '--listen', `127.0.0.1:${port}`],
      ...agentCommand(node),
    ]);
    toClose.push(() => child.kill('SIGKILL'));
    const complaint = said(child, /has to listen on a Unix socket/);
    await said(child, /^Listening on/);
    const caller = connectTo(port, '127.0.0.1').on('error', () => undefined);
    toClose.push(() => caller.destroy());
    await complaint;
  });

  it('publishes its status beside the socket, for the group and nobody else', async () => {
    const node = await newNode({});
    await activate(node);
    const status = await connect(node).getStatus(unending);
    const file = join(node.root, 'run/os-agent/status.json');
    expect(decodeSnapshot(await readFile(file, 'utf8'))).toEqual(status);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it('is gone when idle, and answers again when it is called', async () => {
    const node = await newNode({ idleSeconds: 0.2 });
    const agent = await activate(node);
    const client = connect(node);
    expect(await client.isServing(unending)).toBe(true);
    await until(() => agent.ended.length === 1, 'the agent has gone');
    expect(await client.isServing(unending)).toBe(true);
    await until(() => agent.ended.length === 2, 'the agent has gone again');
    expect(agent.ended).toEqual([0, 0]);
  });

  it('loses no call that falls into its exits', async () => {
    const node = await newNode({ idleSeconds: 0.01 });
    const agent = await activate(node);
    const client = connect(node);
    const calls = [serves, prepares, activates];
    let answers = 0;
    while (agent.ended.length < 8) {
      // Around the moment in which the agent goes.
      await sleep(answers % 25);
      await expect(calls[answers % calls.length]?.(client)).resolves.toBe('heard');
      answers += 1;
    }
    expect(answers).toBeGreaterThan(8);
    expect(agent.ended.filter((status) => status !== 0)).toEqual([]);
  });

  it.each([
    ['its configuration is broken', () => ({ idleSeconds: -1 })],
    [
      'its TCP port is taken',
      async (node: NodeRoot) => {
        const authority = await createTestAuthority(node.root, 'ca');
        await authority.issue('agent');
        const taken = createServer().listen(0, '127.0.0.1');
        await once(taken, 'listening');
        toClose.push(() => taken.close());
        const address = taken.address();
        const port = typeof address === 'object' ? address?.port : undefined;
        const files = { ca: '/ca.pem', cert: '/agent.pem', key: '/agent.key' };
        return { tcp: { address: `127.0.0.1:${port}`, ...files, clientNames: ['fleet'] } };
      },
    ],
  ])('hangs up on its caller and stays a while when %s', async (_why, configure) => {
    const node = await newNode({});
    const configuration = { slots: { A: '/a', B: '/b' }, ...(await configure(node)) };
    await node.write('etc/KubeOS/agent.json', JSON.stringify(configuration));
    const agent = await activate(node);
    const caller = connectTo(node.socket);
    await once(caller, 'close');
    expect(agent.isRunning()).toBe(true);
    expect(agent.ended).toEqual([]);
  });

  it('B-21: answers on after kill -9 in the middle of a call', async () => {
    const node = await newNode({});
    const agent = await activate(node);
    const client = connect(node);
    // A source that never sends a byte.
    const source = createServer().listen(0, '127.0.0.1');
    await once(source, 'listening');
    toClose.push(() => {
      source.closeAllConnections();
      source.close();
    });
    const asked = once(source, 'request');
    const caller = new AbortController();
    const address = source.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const preparing = client.prepare(
      {
        ...{ id: 'os/node/1', seq: 1, type: 'upgrade', version: 'KubeOS 2' },
        payload: {
          imageType: 'disk',
          url: `http://127.0.0.1:${port}/os.img`,
          digest: sampleDigest('a'),
          allowInsecure: true,
          mutualTls: false,
        },
      },
      () => undefined,
      caller.signal,
    );
    await asked;
    agent.kill();
    await until(() => agent.ended.length === 1, 'the agent is dead');
    const status = await client.getStatus(unending);
    expect(agent.ended).toEqual([-9]);
    expect(status.slots.B.state).toBe('empty');
    caller.abort(new Error('enough'));
    await expect(preparing).rejects.toThrow();
  });

  it('stays for callers over TCP, and lets in only those that are listed', async () => {
    const node = await newNode({});
    const authority = await createTestAuthority(node.root, 'ca');
    const own = await authority.issue('agent');
    const tcp = {
      address: '127.0.0.1:0',
      ...{ ca: '/ca.pem', cert: '/agent.pem', key: '/agent.key', clientNames: ['fleet'] },
    };
    await node.write('etc/KubeOS/agent.json', JSON.stringify({ tcp }));
    const { child, ended } = start(node, agentCommand(node, '--listen', node.socket));
    const { port } = await logged(child, 'Serving');
    const call = async (name: string) => {
      const { cert, key } = await authority.issue(name);
      const credentials = { ca: authority.self.cert, cert, key };
      return connect(`127.0.0.1:${String(port)}`, credentials).isServing(unending);
    };
    expect(own.certFile).toBe(join(node.root, 'agent.pem'));
    expect(await call('fleet')).toBe(true);
    await expect(call('stranger')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await connect(node).isServing(unending)).toBe(true);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
