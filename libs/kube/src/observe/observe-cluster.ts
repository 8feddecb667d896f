/** Everything that a person's program looks at, read once. */
import {
  hasCode,
  holdAnnotation,
  instanceNamespace,
  operatorFieldManager,
  parseOs,
  parseOsInstance,
  schemaRevision,
  type BudgetView,
  type PodView,
} from '@kubeos/core';
import type { NodeTimes, ObservedCluster } from '@kubeos/core/explain';
import type { ApiClient } from '../client/api-client.ts';
import { parseBudget } from '../cluster/budget-view.ts';
import { parseNode } from '../cluster/node-view.ts';
import { instancePath, nodePath, osCollectionPath } from '../cluster/paths.ts';
import { parsePod } from '../cluster/pod-view.ts';
import { readList, readServedRevision } from '../cluster/reads.ts';
import { isJsonObject, listIn, metaOf, objectIn, textIn } from '../store/object-meta.ts';
import { writtenAt } from './written-at.ts';

/** What is read, and how. */
export interface ObserveOptions {
  readonly api: ApiClient;
  readonly wallMs: number;
  /** IANA name of the zone that windows without one use. */
  readonly operatorZone: string;
  /** True for the operator's own pods. */
  readonly isSpared: (pod: PodView) => boolean;
}

/** Reads the cluster, but for its pods. Throws the codes of the Kubernetes API. */
export async function observeCluster(options: ObserveOptions): Promise<ObservedCluster> {
  const { api, wallMs, operatorZone, isSpared } = options;
  const times = new Map<string, NodeTimes>();
  const note = (name: string, more: NodeTimes): void => {
    times.set(name, { ...times.get(name), ...more });
  };
  const [oses, nodes, instances, servedSchemaRevision] = await Promise.all([
    readList(api, osCollectionPath, parseOs),
    readList(api, nodePath(), (raw) => {
      note(metaOf(raw).name, timesOfNode(raw));
      return parseNode(raw);
    }),
    readList(api, instancePath(), (raw) => {
      const { namespace, name } = metaOf(raw);
      if (namespace === instanceNamespace) note(name, timesOfInstance(raw));
      return parseOsInstance(raw);
    }),
    servedRevision(api),
  ]);
  return {
    ...{ oses, nodes, instances, times, isSpared, wallMs, operatorZone },
    ...{ pods: new Map(), budgets: [] },
    servedSchemaRevision,
  };
}

function timesOfNode(raw: unknown): NodeTimes {
  const ready = listIn(objectIn(raw, 'status'), 'conditions')
    .filter(isJsonObject)
    .find((condition) => condition['type'] === 'Ready');
  return present({
    ready: ready === undefined ? undefined : textIn(ready, 'lastTransitionTime'),
    cordon: writtenAt(raw, ['f:spec', 'f:unschedulable']),
    hold: writtenAt(raw, ['f:metadata', 'f:annotations', `f:${holdAnnotation}`]),
  });
}

function timesOfInstance(raw: unknown): NodeTimes {
  return present({
    phase: writtenAt(raw, ['f:spec', 'f:operation'], operatorFieldManager),
  });
}

function present(times: { readonly [K in keyof NodeTimes]: string | undefined }): NodeTimes {
  return Object.fromEntries(Object.entries(times).filter(([, time]) => time !== undefined));
}

/** Reads the pods of a few nodes, or of all of them in one walk, and the disruption budgets. */
export async function observePods(
  api: ApiClient,
  podsOf: 'all' | readonly string[],
): Promise<Pick<ObservedCluster, 'pods' | 'budgets'>> {
  const pods = await readPods(api, podsOf);
  return { pods, budgets: await readBudgets(api, pods) };
}

async function readPods(
  api: ApiClient,
  podsOf: 'all' | readonly string[],
): Promise<ReadonlyMap<string, readonly PodView[]>> {
  const byNode = new Map<string, PodView[]>();
  const take = (raw: unknown): void => {
    const node = textIn(objectIn(raw, 'spec'), 'nodeName');
    if (node !== undefined) byNode.set(node, [...(byNode.get(node) ?? []), parsePod(raw)]);
  };
  if (podsOf === 'all') {
    await readList(api, podCollectionPath, take);
    return byNode;
  }
  for (const node of podsOf) byNode.set(node, []);
  await Promise.all(
    podsOf.map((node) => readList(api, podCollectionPath, take, `spec.nodeName=${node}`)),
  );
  return byNode;
}

const podCollectionPath = '/api/v1/pods';

async function readBudgets(
  api: ApiClient,
  pods: ReadonlyMap<string, readonly PodView[]>,
): Promise<readonly BudgetView[]> {
  const isNeeded = [...pods.values()].some((list) => list.length > 0);
  return isNeeded ? readList(api, '/apis/policy/v1/poddisruptionbudgets', parseBudget) : [];
}

/** Not everybody who may look at nodes may look at CRDs; then they are taken for those of this version. */
async function servedRevision(api: ApiClient): Promise<number> {
  try {
    return await readServedRevision(api);
  } catch (error) {
    if (hasCode(error, 'FORBIDDEN')) return schemaRevision;
    throw error;
  }
}
