import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { EgressProxy } from './egress-proxy.ts';
import { pickPorts } from './ports.ts';

interface Answer {
  readonly status: string;
  readonly socket: Socket;
}

/** Stands for a kubelet: it says back what it hears, and a last word at the end. */
async function startEcho(lastWord: string): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket, { end: false });
    socket.once('end', () => socket.end(lastWord));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('EgressProxy', () => {
  let folder: string;
  let proxy: EgressProxy;
  let kubelet: { server: Server; port: number };

  const socketPath = (): string => join(folder, 'egress.sock');
  const log = async (): Promise<string> => readFile(join(folder, 'egress.log'), 'utf8');
  const connect = async (path: string): Promise<Answer> => {
    const call = request({ socketPath: socketPath(), method: 'CONNECT', path });
    call.end();
    const [response, socket] = (await once(call, 'connect')) as [
      { statusCode: number; statusMessage: string },
      Socket,
    ];
    return { status: `${String(response.statusCode)} ${response.statusMessage}`, socket };
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-egress-'));
    proxy = await EgressProxy.start(folder);
    kubelet = await startEcho('bye');
    proxy.forward('n1', kubelet.port);
  });

  afterEach(async () => {
    await proxy.close();
    kubelet.server.close();
    await rm(folder, { recursive: true });
  });

  it('has the API server take no other way to nodes and webhooks', async () => {
    const connection = {
      proxyProtocol: 'HTTPConnect',
      transport: { uds: { udsName: socketPath() } },
    };
    expect(JSON.parse(await readFile(proxy.selectorFile, 'utf8'))).toMatchObject({
      kind: 'EgressSelectorConfiguration',
      egressSelections: [
        { name: 'cluster', connection },
        { name: 'controlplane', connection },
      ],
    });
  });

  it('carries bytes both ways, until both sides have ended', async () => {
    const { status, socket } = await connect('n1:10250');
    expect(status).toBe('200 Connection established');
    socket.write('hello ');
    expect(String(await once(socket, 'data'))).toBe('hello ');
    socket.end('and ');
    expect(await text(socket)).toBe('and bye');
  });

  it('ends the tunnel when the kubelet goes', async () => {
    const [[heard], { socket }] = await Promise.all([
      once(kubelet.server, 'connection') as Promise<[Socket]>,
      connect('n1:10250'),
    ]);
    heard.resetAndDestroy();
    socket.on('error', () => undefined);
    await once(socket.resume(), 'close');
    await expect(log()).resolves.toContain('The tunnel to n1:10250 broke');
  });

  it('hangs up on the kubelet when the client goes', async () => {
    const [[heard], { socket }] = await Promise.all([
      once(kubelet.server, 'connection') as Promise<[Socket]>,
      connect('n1:10250'),
    ]);
    socket.destroy();
    await once(heard, 'close');
  });

  it('takes the last port that was told', async () => {
    const other = await startEcho('other');
    proxy.forward('n1', other.port);
    const { socket } = await connect('n1:10250');
    socket.end();
    expect(await text(socket)).toBe('other');
    other.server.close();
  });

  it.each([
    ['a node that is not forwarded', () => 'n2:10250'],
    ['another port of a node', () => 'n1:443'],
    ['a webhook', () => 'webhook.default.svc:443'],
    ['an address', () => '10.0.2.15:10250'],
    ['a port of the host', () => `127.0.0.1:${String(kubelet.port)}`],
  ])('refuses %s, and says so', async (_what, target) => {
    const { status, socket } = await connect(target());
    const reason = `Refused ${target()}: not port 10250 of a node that is forwarded`;
    expect(status).toBe(`502 ${reason}`);
    expect(await text(socket)).toBe('');
    await expect(log()).resolves.toMatch(new RegExp(`Z ${reason}\n$`));
  });

  it('says when nobody answers at the port', async () => {
    const [port = 0] = await pickPorts(1);
    proxy.forward('n1', port);
    const { status } = await connect('n1:10250');
    expect(status).toContain(`502 Nobody answers for n1:10250 at 127.0.0.1:${String(port)}: `);
    expect(status).toContain('ECONNREFUSED');
    await expect(log()).resolves.toContain('ECONNREFUSED');
  });

  it('serves nothing itself', async () => {
    const call = request({ socketPath: socketPath(), path: '/' }).end();
    const [response] = (await once(call, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(405);
  });

  it('ends what is open, and takes its socket along', async () => {
    const { socket } = await connect('n1:10250');
    await Promise.all([once(socket.resume(), 'close'), proxy.close()]);
    await proxy.close();
    expect(existsSync(socketPath())).toBe(false);
    expect(existsSync(join(folder, 'egress.log'))).toBe(false);
  });

  it('starts where a killed process left its socket', async () => {
    await proxy.close();
    await writeFile(socketPath(), '');
    proxy = await EgressProxy.start(folder);
    proxy.forward('n1', kubelet.port);
    const { status, socket } = await connect('n1:10250');
    expect(status).toContain('200');
    socket.destroy();
  });
});
