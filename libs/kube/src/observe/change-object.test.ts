import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import type { ApiClient, ApiRequest } from '../client/api-client.ts';
import { changeObject } from './change-object.ts';

/** A server whose object changes so often before a patch is taken. */
function serverWith(conflicts: number): {
  readonly api: ApiClient;
  readonly patches: ApiRequest[];
} {
  const patches: ApiRequest[] = [];
  let version = 1;
  const api: ApiClient = {
    request: async (request) => {
      if (request.method === 'GET') {
        return { metadata: { name: 'a', uid: 'u', resourceVersion: String(version) }, version };
      }
      patches.push(request);
      if (patches.length > conflicts) return {};
      version += 1;
      throw new KubeosError('CONFLICT', 'the object has been modified');
    },
    lines: () => Promise.resolve(),
    close: () => undefined,
  };
  return { api, patches };
}

const change = (
  { api }: { readonly api: ApiClient },
  decide: (object: unknown) => object | undefined,
  dryRun = false,
): Promise<void> => changeObject({ api, path: '/x', fieldManager: 'me', dryRun }, decide);

describe('a change by a person', () => {
  it('is merged under a name, guarded by what it was decided on', async () => {
    const server = serverWith(0);
    await change(server, () => ({ metadata: { annotations: { a: 'b' } }, spec: { c: 1 } }));
    expect(server.patches).toMatchObject([
      {
        query: { fieldManager: 'me' },
        contentType: 'application/merge-patch+json',
        body: {
          metadata: { annotations: { a: 'b' }, uid: 'u', resourceVersion: '1' },
          spec: { c: 1 },
        },
      },
    ]);
    expect(server.patches[0]?.query).not.toHaveProperty('dryRun');
  });

  it('is decided anew when somebody else was faster', async () => {
    const server = serverWith(2);
    await change(server, (object) => ({ seen: object }));
    expect(
      server.patches.map(({ body }) => (body as { seen: { version: number } }).seen.version),
    ).toEqual([1, 2, 3]);
  });

  it('gives up on an object that changes all the time', async () => {
    await expect(change(serverWith(9), () => ({}))).rejects.toThrow('changes all the time');
  });

  it('writes nothing when nothing is to be changed, or something speaks against it', async () => {
    const server = serverWith(0);
    await change(server, () => undefined);
    const refusal = new KubeosError('HELD', 'no');
    const refuse = (): never => {
      throw refusal;
    };
    await expect(change(server, refuse)).rejects.toBe(refusal);
    expect(server.patches).toEqual([]);
  });

  it('can be tried without being stored', async () => {
    const server = serverWith(0);
    await change(server, () => ({ spec: {} }), true);
    expect(server.patches[0]?.query).toMatchObject({ dryRun: 'All' });
  });
});
