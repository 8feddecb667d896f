import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestAuthority, ManualClock } from '@kubeos/testing';
import { KubeConfig } from '@kubernetes/client-node';
import { createApiClient, type ApiClient } from './api-client.ts';
import { loadKubeConfig } from './kube-config.ts';

function configOf(cluster: { readonly server: string; readonly caFile?: string }, user: object) {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', skipTLSVerify: false, ...cluster }],
    users: [{ name: 'u', ...user }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}

describe('the client of the API server', () => {
  let folder: string;
  let server: Server;
  let cluster: { readonly server: string; readonly caFile: string };
  let connections: number;
  let tokenFile: string;
  /** What the requests brought, and what is accepted. */
  let tokens: (string | undefined)[];
  let accepted: string | undefined;
  let clock: ManualClock;
  let api: ApiClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'api-client-'));
    const authority = await createTestAuthority(folder, 'ca');
    const { cert, key } = await authority.issue('server');
    server = createServer({ cert, key }, ({ headers, url }, response) => {
      if (url === silence.path) return;
      const { authorization } = headers;
      tokens.push(authorization);
      const isAccepted = accepted === undefined || authorization === accepted;
      response.writeHead(isAccepted ? 200 : 401).end('{}');
    });
    server.on('secureConnection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'string' || address === null) throw new Error('no port');
    tokenFile = join(folder, 'token');
    cluster = { server: `https://127.0.0.1:${address.port}`, caFile: authority.self.certFile };
  });

  beforeEach(async () => {
    await writeFile(tokenFile, 'one');
    [connections, tokens, accepted, clock] = [0, [], undefined, new ManualClock()];
    const authProvider = { name: 'tokenFile', config: { tokenFile } };
    api = createApiClient(configOf(cluster, { authProvider }), { clock });
  });

  afterEach(() => api.close());

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const request = { method: 'GET', path: '/' } as const;
  /** Nothing ever answers this. */
  const silence = { method: 'GET', path: '/silence' } as const;

  it('keeps its connection, and makes a new one where that is asked for', async () => {
    await api.request(request);
    await api.request(request);
    expect(connections).toBe(1);

    await api.request({ ...request, onNewConnection: true });
    expect(connections).toBe(2);
  });

  it('reads its token anew each minute, whatever the wall clock says', async () => {
    await api.request(request);
    await writeFile(tokenFile, 'two');
    await clock.advance(60_000);
    await api.request(request);
    await clock.advance(1);
    await api.request(request);

    expect(tokens).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  it('asks again with a new token when its token is refused', async () => {
    await api.request(request);
    await writeFile(tokenFile, 'two');
    accepted = 'Bearer two';

    await api.request({ ...request, method: 'PATCH', body: {} });
    expect(tokens).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  it('tells of each answer its status and the time until it began', async () => {
    const answers: (readonly [string, number, number])[] = [];
    const told = createApiClient(configOf(cluster, {}), {
      onAnswer: (...answer) => answers.push(answer),
    });
    await told.request(request);
    await expect(told.request({ ...silence, deadlineSeconds: 0.01 })).rejects.toThrow();
    told.close();

    expect(answers.map(([method, status]) => [method, status])).toEqual([
      ['GET', 200],
      ['GET', 0],
    ]);
    for (const [, , seconds] of answers) expect(seconds).toBeGreaterThanOrEqual(0);
  });

  it('does not ask again with the same token', async () => {
    accepted = 'Bearer two';

    await expect(api.request(request)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(tokens).toEqual(['Bearer one']);
  });
});

it.each([
  ['has no URL', 'no server', 'has no URL: no server'],
  ['is not https', 'http://127.0.0.1', 'must be https: http://127.0.0.1'],
])('refuses a server that %s', (_what, server, message) => {
  expect(() => createApiClient(configOf({ server }, {}))).toThrow(
    expect.objectContaining({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(message),
    }),
  );
});

it('says that it is in no pod where no kubeconfig is named', () => {
  const { KUBERNETES_SERVICE_HOST: host } = process.env;
  delete process.env['KUBERNETES_SERVICE_HOST'];
  try {
    expect(() => loadKubeConfig(undefined)).toThrow(
      expect.objectContaining({
        code: 'INVALID_CONFIGURATION',
        message: expect.stringContaining('no pod of a cluster'),
      }),
    );
  } finally {
    if (host !== undefined) process.env['KUBERNETES_SERVICE_HOST'] = host;
  }
});
