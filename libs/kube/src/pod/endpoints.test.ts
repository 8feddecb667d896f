import { afterEach, describe, expect, it } from '@jest/globals';
import { serveEndpoints, type Endpoints, type EndpointsOptions } from './endpoints.ts';

describe('the endpoints', () => {
  let endpoints: Endpoints;

  async function ask(path: string, change: Partial<EndpointsOptions> = {}): Promise<Response> {
    endpoints = await serveEndpoints({
      address: '127.0.0.1:0',
      illness: () => undefined,
      unreadiness: () => undefined,
      metrics: () => 'a 1\n',
      ...change,
    });
    return fetch(`http://127.0.0.1:${endpoints.port}${path}`);
  }

  afterEach(() => endpoints.close());

  it.each([
    ['/healthz', 200],
    ['/readyz', 200],
    ['/readyz?verbose', 200],
    ['/other', 404],
  ])('answer %s with %d', async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });

  it('say why the program is not well or not ready', async () => {
    const ill = await ask('/healthz', { illness: () => 'A pass hangs' });
    expect([ill.status, await ill.text()]).toEqual([503, 'A pass hangs\n']);
    await endpoints.close();
    const unready = await ask('/readyz', { unreadiness: () => 'Not yet' });
    expect([unready.status, await unready.text()]).toEqual([503, 'Not yet\n']);
  });

  it('B-34: give metrics as Prometheus reads them', async () => {
    const answer = await ask('/metrics');

    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(await answer.text()).toBe('a 1\n');
  });

  it('survive metrics that fail', async () => {
    const answer = await ask('/metrics', { metrics: () => Promise.reject(new Error('broken')) });

    expect(answer.status).toBe(500);
    expect((await fetch(`http://127.0.0.1:${endpoints.port}/healthz`)).status).toBe(200);
  });

  // As IPv6 addresses are written, which not every machine has.
  it('listen on an address in brackets', async () => {
    expect((await ask('/healthz', { address: '[127.0.0.1]:0' })).status).toBe(200);
  });

  it('cannot share an address', async () => {
    await ask('/healthz');

    await expect(
      serveEndpoints({
        address: `127.0.0.1:${endpoints.port}`,
        illness: () => undefined,
        unreadiness: () => undefined,
        metrics: () => '',
      }),
    ).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });
});
