/** Reads that go to the API server itself and see every write made before. */
import {
  hasCode,
  parseOs,
  parseOsInstance,
  schemaRevisionAnnotation,
  type ClusterApi,
} from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { objectIn, textIn, textsIn } from '../store/object-meta.ts';
import { readPages } from '../store/pages.ts';
import { parseBudget } from './budget-view.ts';
import { parseNode } from './node-view.ts';
import { crdPath, instancePath, nodePath, osPath } from './paths.ts';
import { parsePod } from './pod-view.ts';
import type { Stores } from './stores.ts';

/** The reading half of `ClusterApi`. */
export type ClusterReads = Pick<
  ClusterApi,
  | 'refresh'
  | 'getOs'
  | 'getNode'
  | 'getInstance'
  | 'listPods'
  | 'listBudgets'
  | 'getNodeLease'
  | 'servedSchemaRevision'
>;

const pageSize = 250;

/** Builds the reads. */
export function createReads(api: ApiClient, stores: Stores): ClusterReads {
  const get = <T>(path: string, parse: (raw: unknown) => T): Promise<T | undefined> =>
    readObject(api, path, parse);
  return {
    async refresh() {
      await Promise.all([stores.oses.resync(), stores.nodes.resync(), stores.instances.resync()]);
    },
    getOs: (namespace, name) => get(osPath(namespace, name), parseOs),
    getNode: (name) => get(nodePath(name), parseNode),
    getInstance: (name) => get(instancePath(name), parseOsInstance),
    listPods: (node) => readList(api, '/api/v1/pods', parsePod, `spec.nodeName=${node}`),
    async listBudgets(namespaces) {
      const lists = await Promise.all(
        namespaces.map((namespace) => {
          const path = `/apis/policy/v1/namespaces/${encodeURIComponent(namespace)}/poddisruptionbudgets`;
          return readList(api, path, parseBudget);
        }),
      );
      return lists.flat();
    },
    getNodeLease: (name) =>
      get(
        `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${encodeURIComponent(name)}`,
        renewalOf,
      ),
    servedSchemaRevision: () => readServedRevision(api),
  };
}

/** Schema revision of the served CRDs; 0 when they carry none. */
export async function readServedRevision(api: ApiClient): Promise<number> {
  const revisions = await Promise.all(
    ['os', 'osinstances'].map((plural) => readObject(api, crdPath(plural), revisionOf)),
  );
  return Math.min(...revisions.map((revision) => revision ?? 0));
}

/** Reads one object; `undefined` when there is none. */
export async function readObject<T>(
  api: ApiClient,
  path: string,
  parse: (raw: unknown) => T,
): Promise<T | undefined> {
  try {
    return parse(await api.request({ method: 'GET', path }));
  } catch (error) {
    if (hasCode(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Reads a whole collection. */
export async function readList<T>(
  api: ApiClient,
  path: string,
  parse: (raw: unknown) => T,
  fieldSelector?: string,
): Promise<readonly T[]> {
  const items: T[] = [];
  const collection = { path, pageSize, ...(fieldSelector === undefined ? {} : { fieldSelector }) };
  await readPages(api, collection, (raw) => items.push(parse(raw)));
  return items;
}

/** Time and version of the last renewal: both, because a clock can be set back. */
function renewalOf(raw: unknown): string {
  const version = textIn(objectIn(raw, 'metadata'), 'resourceVersion') ?? '';
  return `${textIn(objectIn(raw, 'spec'), 'renewTime') ?? ''}/${version}`;
}

function revisionOf(raw: unknown): number {
  const text = textsIn(objectIn(raw, 'metadata'), 'annotations').get(schemaRevisionAnnotation);
  const revision = Number(text ?? 0);
  return Number.isSafeInteger(revision) ? revision : 0;
}
