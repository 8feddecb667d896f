import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestAuthority } from '@kubeos/testing';
import { KubeConfig } from '@kubernetes/client-node';
import { createApiClient, type ApiClient } from './api-client.ts';

function configOf(server: string, caFile?: string): KubeConfig {
  const config = new KubeConfig();
  const cluster = { name: 'c', server, skipTLSVerify: false };
  config.loadFromOptions({
    clusters: [caFile === undefined ? cluster : { ...cluster, caFile }],
    users: [{ name: 'u' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}

describe('the client of the API server', () => {
  let folder: string;
  let server: Server;
  let connections: number;
  let api: ApiClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'api-client-'));
    const authority = await createTestAuthority(folder, 'ca');
    const { cert, key } = await authority.issue('server');
    server = createServer({ cert, key }, (_request, response) => response.end('{}'));
    connections = 0;
    server.on('secureConnection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'string' || address === null) throw new Error('no port');
    const url = `https://127.0.0.1:${address.port}`;
    api = createApiClient(configOf(url, authority.self.certFile));
  });

  afterAll(async () => {
    api.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('keeps its connection, and makes a new one where that is asked for', async () => {
    const request = { method: 'GET', path: '/' } as const;
    await api.request(request);
    await api.request(request);
    expect(connections).toBe(1);

    await api.request({ ...request, onNewConnection: true });
    expect(connections).toBe(2);
  });
});
