/** A little API server in memory, for commands that read and patch. */
import { KubeosError } from '@kubeos/core';
import type { ApiClient, ApiRequest } from '@kubeos/kube';

type Json = Readonly<Record<string, unknown>>;

/** An object as the API server stores it. */
export interface Stored {
  readonly kind: string;
  readonly metadata: Json & { readonly name: string; readonly namespace?: string };
  readonly [member: string]: unknown;
}

const group = '/apis/upgrade.openeuler.org/v1alpha1';

/** The server; it keeps what was asked of it. */
export class MemoryCluster {
  readonly requests: ApiRequest[] = [];
  /** Objects by kind. */
  readonly objects: readonly Stored[];
  /** Gives the answer to a request in place of the usual one. */
  answer: (request: ApiRequest) => unknown = () => undefined;

  constructor(objects: readonly Stored[]) {
    this.objects = objects;
  }

  get api(): ApiClient {
    return {
      request: async (request) => {
        this.requests.push(request);
        return this.answer(request) ?? this.#usual(request);
      },
      // Nothing happens on a watch until it is given up.
      lines: ({ signal }) =>
        new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
      close: () => undefined,
    };
  }

  /** What was written, and where. */
  get patches(): readonly unknown[] {
    return this.requests.flatMap(({ method, path, body }) =>
      method === 'PATCH' ? [{ path, body }] : [],
    );
  }

  #usual({ method, path, query, body }: ApiRequest): unknown {
    if (method === 'POST') return body;
    if (path.includes('customresourcedefinitions')) return crd;
    const kind = kindOf(path);
    const found = this.objects.filter((object) => object.kind === kind);
    const name = path.split('/').at(-1);
    const isList = /\/(?:nodes|os|osinstances|pods|events|poddisruptionbudgets)$/u.test(path);
    if (!isList) {
      const object = found.find(({ metadata }) => metadata.name === name);
      if (object === undefined)
        throw new KubeosError('NOT_FOUND', `${method} ${path}: not found (404)`);
      return object;
    }
    const selector = String(query?.['fieldSelector'] ?? '');
    const [, node] = /^spec\.nodeName=(.+)$/u.exec(selector) ?? [];
    const items = found.filter(
      ({ spec }) =>
        node === undefined || (spec as { readonly nodeName?: string }).nodeName === node,
    );
    return { metadata: { resourceVersion: '1' }, items };
  }
}

const crd = {
  metadata: { annotations: { 'upgrade.openeuler.org/schema-revision': '99' } },
};

function kindOf(path: string): string {
  if (path.startsWith('/api/v1/nodes')) return 'Node';
  if (path.startsWith('/api/v1/pods')) return 'Pod';
  if (path.startsWith('/api/v1/events')) return 'Event';
  if (path.includes('/poddisruptionbudgets')) return 'PodDisruptionBudget';
  return path.startsWith(group) && path.includes('/osinstances') ? 'OSInstance' : 'OS';
}

const meta = (name: string, more: Json = {}) => ({
  ...{ name, uid: `uid-${name}`, resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z' },
  ...more,
});

/** A Ready Node. */
export function aNode(name: string, metadata: Json = {}, spec: Json = {}): Stored {
  return {
    kind: 'Node',
    metadata: meta(name, metadata),
    spec,
    status: {
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      nodeInfo: { bootID: `boot-${name}`, osImage: 'KubeOS 1' },
    },
  };
}

/** The instance of a node that runs KubeOS 1 from slot A and holds KubeOS 0 in slot B. */
export function anInstance(name: string, spec: Json = {}, agent: Json = {}): Stored {
  const slot = (version: string) => ({
    state: 'good',
    version,
    slotDigest: `sha256:${'5'.repeat(64)}`,
  });
  return {
    kind: 'OSInstance',
    metadata: meta(name, { namespace: 'default' }),
    spec: { nodestatus: 'idle', ...spec },
    status: {
      nodeUid: `uid-${name}`,
      agent: {
        ...{ apiVersion: 'v1', agentVersion: '0', revision: 1, bootId: `boot-${name}`, seq: 0 },
        ...{ capabilities: ['disk', 'rollback', 'settings'], bootedSlot: 'A', bootWhy: 'good' },
        ...{ version: 'KubeOS 1', slots: { A: slot('KubeOS 1'), B: slot('KubeOS 0') } },
        ...{ held: false, warnings: [], ...agent },
      },
    },
  };
}

/** An upgrade of all nodes to KubeOS 2. */
export function anOs(
  name: string,
  spec: Json = {},
  status: Json = {},
  metadata: Json = {},
): Stored {
  return {
    kind: 'OS',
    metadata: meta(name, { namespace: 'default', generation: 1, ...metadata }),
    spec: {
      ...{
        opstype: 'upgrade',
        osversion: 'KubeOS 2',
        imagetype: 'disk',
        nodeselector: 'all-label',
      },
      ...{ imageurl: 'https://images.example.org/2', checksum: '2'.repeat(64), maxunavailable: 1 },
      ...spec,
    },
    status,
  };
}
