/** One Lease as an API server keeps it, for tests of the election. */
import { KubeosError } from '@kubeos/core';
import type { ApiClient, ApiRequest } from '../client/api-client.ts';

interface LeaseBody {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Keeps the Lease; candidates reach it through clients of their own, which can be cut off. */
export class LeaseServer {
  spec: Readonly<Record<string, unknown>> | undefined;
  #version = 0;

  client(): { readonly api: ApiClient; readonly line: { isCut: boolean; isDeaf: boolean } } {
    const line = { isCut: false, isDeaf: false };
    const api: ApiClient = {
      request: async (request) => {
        if (line.isCut) throw new KubeosError('API_UNAVAILABLE', 'cut off');
        const answer = this.#answer(request);
        // The server has done it, but nobody hears so.
        if (line.isDeaf) throw new KubeosError('API_UNAVAILABLE', 'no answer');
        return answer;
      },
      lines: () => Promise.reject(new KubeosError('BUG', 'not watched')),
      close: () => undefined,
    };
    return { api, line };
  }

  #answer(request: ApiRequest): unknown {
    if (request.method === 'GET') {
      if (this.spec === undefined) throw new KubeosError('NOT_FOUND', 'none');
    } else {
      const body = request.body as LeaseBody;
      const isCreate = request.method === 'POST';
      const isFree = isCreate
        ? this.spec === undefined
        : body.metadata?.resourceVersion === String(this.#version);
      if (!isFree) throw new KubeosError('CONFLICT', 'changed');
      this.spec = { ...this.spec, ...body.spec };
      this.#version += 1;
    }
    return { metadata: { resourceVersion: String(this.#version) }, spec: this.spec };
  }
}
