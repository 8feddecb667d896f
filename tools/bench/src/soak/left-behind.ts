/** What a rollout must not leave behind in a cluster, nor on the disks of its nodes. */
import { readdir } from 'node:fs/promises';

import type { ApiClient } from '@kubeos/kube';
import * as z from 'zod/mini';

/** How often each thing was found; marks are labels and annotations of ours on Nodes. */
export type LeftBehind = Readonly<
  Record<'cordons' | 'marks' | 'finalizers' | 'operations', number>
>;

const ours = 'upgrade.openeuler.org/';
/** Who selects the nodes put it there. */
const groupLabel = `${ours}node-selector`;
const group = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default';

const names = z._default(z.record(z.string(), z.string()), {});
const metadata = z.object({
  labels: names,
  annotations: names,
  finalizers: z._default(z.array(z.string()), []),
});
const list = z.object({
  items: z.array(
    z.object({
      metadata,
      spec: z.optional(
        z.object({
          unschedulable: z.optional(z.boolean()),
          operation: z.optional(z.unknown()),
        }),
      ),
    }),
  ),
});

/** Looks at all Nodes, `OS` objects and `OSInstances`. */
export async function lookForRemains(api: ApiClient): Promise<LeftBehind> {
  const read = async (path: string) => list.parse(await api.request({ method: 'GET', path })).items;
  const nodes = await read('/api/v1/nodes');
  const instances = await read(`${group}/osinstances`);
  const objects = await read(`${group}/os`);
  const keys = nodes.flatMap(({ metadata: { labels, annotations } }) => [
    ...Object.keys(labels),
    ...Object.keys(annotations),
  ]);
  return {
    cordons: nodes.filter(({ spec }) => spec?.unschedulable === true).length,
    marks: keys.filter((key) => key.startsWith(ours) && key !== groupLabel).length,
    finalizers: [...instances, ...objects].flatMap((one) => one.metadata.finalizers).length,
    operations: instances.filter(({ spec }) => spec?.operation !== undefined).length,
  };
}

/** Number of files below a folder. */
export async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).length;
}
