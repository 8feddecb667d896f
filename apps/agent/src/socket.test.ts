import { once } from 'node:events';
import { link, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kubeosGid } from './folders.ts';
import { bindPrivately, listenAt, whereToListen } from './socket.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('where to listen', () => {
  const activated = { LISTEN_FDS: '1', LISTEN_PID: '7' };

  it('takes over the socket of systemd', () => {
    expect(whereToListen(undefined, activated, 7)).toEqual({ kind: 'inherited', fd: 3 });
  });

  it('makes the socket that it is asked for', () => {
    expect(whereToListen('/x', activated, 7)).toEqual({ kind: 'path', path: '/x' });
  });

  it.each([
    ['there is none', {}, 'INVALID_ARGUMENT'],
    ['it is for another process', { LISTEN_FDS: '1', LISTEN_PID: '8' }, 'INVALID_ARGUMENT'],
    ['there are two', { LISTEN_FDS: '2', LISTEN_PID: '7' }, 'INVALID_CONFIGURATION'],
  ])('refuses when %s', (_name, env, code) => {
    expect(() => whereToListen(undefined, env, 7)).toThrow(expect.objectContaining({ code }));
  });
});

describe('socket', () => {
  let folder = '';
  const servers: Server[] = [];
  const newServer = () => {
    const server = createServer();
    servers.push(server);
    return server;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'agent-socket-'));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await rm(folder, { recursive: true });
  });

  it('B-56: has mode 0660 in the moment it is bound, whatever the umask', async () => {
    const path = join(folder, 'agent.sock');
    const server = newServer();
    const before = process.umask(0);
    bindPrivately(server, path);
    // Nothing of this process has run since bind(2).
    const mode = modeOf(path);
    expect(process.umask(before)).toBe(0);
    await once(server, 'listening');
    expect(mode).toBe(0o660);
  });

  it('B-56: lies in a folder of its group, made with all folders above it', async () => {
    const path = join(folder, 'run/os-agent/agent.sock');
    const before = process.umask(0);
    await listenAt(newServer(), { kind: 'path', path });
    process.umask(before);
    expect(modeOf(join(folder, 'run/os-agent'))).toBe(0o750);
    expect(statSync(join(folder, 'run/os-agent')).gid).toBe(kubeosGid);
    expect(modeOf(path)).toBe(0o660);
    expect(statSync(path).gid).toBe(kubeosGid);
  });

  it('replaces a socket whose process is gone', async () => {
    const path = join(folder, 'agent.sock');
    const kept = join(folder, 'kept.sock');
    const first = newServer().listen(kept);
    await once(first, 'listening');
    await link(kept, path);
    first.close();
    await once(first, 'close');
    expect(existsSync(path)).toBe(true);
    await listenAt(newServer(), { kind: 'path', path });
  });

  it('leaves the socket of a living agent and any other file alone', async () => {
    const path = join(folder, 'agent.sock');
    await listenAt(newServer(), { kind: 'path', path });
    await expect(listenAt(newServer(), { kind: 'path', path })).rejects.toThrow('another agent');
    const file = join(folder, 'precious');
    await writeFile(file, 'x');
    await expect(listenAt(newServer(), { kind: 'path', path: file })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
    });
    expect(existsSync(file)).toBe(true);
  });
});
