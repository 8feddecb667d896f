/** One Lease as an API server keeps it, for tests of the election. */
import { KubeosError, type Clock } from '@kubeos/core';
import type { ApiClient, ApiRequest } from '../client/api-client.ts';

interface LeaseBody {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What is wrong between a candidate and the server. */
export interface Line {
  isCut: boolean;
  isDeaf: boolean;
  /** Kept connections are dead without a word. */
  isStuck: boolean;
}

/** Keeps the Lease; candidates reach it through clients of their own, which can be cut off. */
export class LeaseServer {
  spec: Readonly<Record<string, unknown>> | undefined;
  readonly #clock: Clock;
  #version = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  client(): { readonly api: ApiClient; readonly line: Line } {
    const line: Line = { isCut: false, isDeaf: false, isStuck: false };
    const api: ApiClient = {
      request: async (request) => {
        if (line.isStuck && request.onNewConnection !== true) {
          await this.#clock.sleep((request.deadlineSeconds ?? 30) * 1000);
          throw new KubeosError('API_UNAVAILABLE', 'too late');
        }
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
