/** What every cluster keeps that an operator works on: the tests of a real API server and of the model. */
import { describe, expect, it } from '@jest/globals';
import {
  cordonAnnotation,
  hasCode,
  KubeosError,
  operationFinalizer,
  upgradingLabel,
} from '@kubeos/core';
import type {
  ClusterApi,
  ClusterCache,
  Condition,
  NodeChange,
  NodeView,
  Os,
  OsInstance,
  OsInstanceSpec,
  PodView,
} from '@kubeos/core';

/** A cluster, and what a test has made in it. */
export interface OpenCluster {
  readonly api: ClusterApi;
  readonly cache: ClusterCache;
  /** Registers a Node that is Ready. */
  readonly addNode: (name: string) => Promise<void>;
  /** Makes an object in namespace `default`. */
  readonly addOs: (name: string) => Promise<void>;
  /** Puts a pod on the node that no budget protects. */
  readonly addPod: (node: string, name: string) => Promise<void>;
  /** Writes conditions as the proxy of the node does. */
  readonly report: (node: string, conditions: readonly Condition[]) => Promise<void>;
}

const idle: OsInstanceSpec = { nodestatus: 'idle' };
const upgrade: OsInstanceSpec = {
  nodestatus: 'upgrade',
  namespacedname: { name: 'os', namespace: 'default' },
};
const conflict = { code: 'CONFLICT' };

function condition(type: string, status: Condition['status']): Condition {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  return { type, status, reason: 'Tested', message: '', lastTransitionTime };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new KubeosError('NOT_FOUND', 'What was made is not there');
  return value;
}

/** Declares the tests. `cluster` gives the same one to all of them. */
export function describeClusterApi(name: string, cluster: () => OpenCluster): void {
  describe(`cluster API ${name}`, () => {
    let made = 0;
    const aNode = async (): Promise<NodeView> => {
      made += 1;
      const node = `kept-${String(made)}`;
      await cluster().addNode(node);
      return found(await cluster().api.getNode(node));
    };
    const anInstance = async (): Promise<OsInstance> =>
      cluster().api.createInstance(await aNode(), idle);
    const anOs = async (): Promise<Os> => {
      made += 1;
      const os = `kept-${String(made)}`;
      await cluster().addOs(os);
      return found(await cluster().api.getOs('default', os));
    };
    /** Others write Nodes too: a change that met them is made again. */
    const change = async (node: string, wanted: NodeChange): Promise<NodeView> => {
      for (;;) {
        try {
          const { api } = cluster();
          return await api.changeNode(found(await api.getNode(node)), wanted);
        } catch (error) {
          if (!hasCode(error, 'CONFLICT')) throw error;
        }
      }
    };
    const typesOf = async (node: string) => {
      const instance = await cluster().api.getInstance(node);
      return instance?.status.conditions?.map(({ type, status }) => `${type} ${status}`).sort();
    };

    it('finds nothing where nothing is', async () => {
      const { api } = cluster();
      expect(await api.getNode('none')).toBeUndefined();
      expect(await api.getInstance('none')).toBeUndefined();
      expect(await api.getOs('default', 'none')).toBeUndefined();
      expect(await api.getNodeLease('none')).toBeUndefined();
    });

    it('creates an instance once, owned by its Node', async () => {
      const { api } = cluster();
      const node = await aNode();
      const created = await api.createInstance(node, idle);
      expect(created).toMatchObject({ name: node.name, ownerUid: node.uid, spec: idle });
      await expect(api.createInstance(node, upgrade)).rejects.toMatchObject(conflict);
      expect(await api.getInstance(node.name)).toEqual(created);
    });

    it('replaces the whole spec and our finalizer, for who has read the last version', async () => {
      const { api } = cluster();
      const created = await anInstance();
      const written = await api.writeInstance(created, upgrade, true);
      expect(written).toMatchObject({ spec: upgrade, finalizers: [operationFinalizer] });
      await expect(api.writeInstance(created, idle, false)).rejects.toMatchObject(conflict);
      expect(await api.getInstance(created.name)).toEqual(written);
      const closed = await api.writeInstance(written, idle, false);
      expect(closed.spec).toEqual(idle);
      expect(closed.finalizers).toEqual([]);
    });

    it('removes an instance with its finalizer, for who has read the last version', async () => {
      const { api } = cluster();
      const created = await anInstance();
      const open = await api.writeInstance(created, upgrade, true);
      await expect(api.deleteInstance(created)).rejects.toMatchObject(conflict);
      await api.deleteInstance(open);
      expect(await api.getInstance(open.name)).toBeUndefined();
      await api.deleteInstance(open);
      await expect(api.writeInstance(open, idle, false)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    it('adopts for a Node what has not changed meanwhile', async () => {
      const { api } = cluster();
      const first = await anInstance();
      const written = await api.writeInstance(first, upgrade, false);
      const node = found(await api.getNode(first.name));
      await expect(api.adoptInstance(node, first)).rejects.toMatchObject(conflict);
      const adopted = await api.adoptInstance(node, written);
      expect(adopted).toMatchObject({ uid: first.uid, ownerUid: node.uid, spec: upgrade });
    });

    it('applies the conditions of the operator beside those of the proxy', async () => {
      const { api, report } = cluster();
      const { name: node } = await anInstance();
      await report(node, [condition('UpToDate', 'True')]);
      const reported = found(await api.getInstance(node));
      const both = [condition('Admitted', 'True'), condition('Drained', 'False')];
      await api.applyInstanceConditions(reported, [...both, condition('UpToDate', 'False')]);
      expect(await typesOf(node)).toEqual(['Admitted True', 'Drained False', 'UpToDate True']);
      await expect(api.applyInstanceConditions(reported, both)).rejects.toMatchObject(conflict);
      const applied = found(await api.getInstance(node));
      await api.applyInstanceConditions(applied, [condition('Admitted', 'False')]);
      expect(await typesOf(node)).toEqual(['Admitted False', 'UpToDate True']);
    });

    it('changes a Node all at once, for who has read the last version', async () => {
      const { api } = cluster();
      const node = await aNode();
      const cordoned = await change(node.name, {
        unschedulable: true,
        annotations: { [cordonAnnotation]: 'os/op' },
        labels: { [upgradingLabel]: '' },
      });
      expect(cordoned).toMatchObject({
        uid: node.uid,
        unschedulable: true,
        unschedulableIsOurs: true,
        annotations: { [cordonAnnotation]: 'os/op' },
        labels: { [upgradingLabel]: '' },
      });
      const stale = api.changeNode(node, { labels: { [upgradingLabel]: 'stale' } });
      await expect(stale).rejects.toMatchObject(conflict);
      const released = await change(node.name, {
        unschedulable: false,
        annotations: { [cordonAnnotation]: null },
        labels: { [upgradingLabel]: null },
      });
      expect(released).toMatchObject({ unschedulable: false, unschedulableIsOurs: false });
      expect(released.annotations).not.toHaveProperty([cordonAnnotation]);
      expect(released.labels).not.toHaveProperty([upgradingLabel]);
    });

    it('replaces a whole status, for who has read the last version', async () => {
      const { api } = cluster();
      const os = await anOs();
      const admission = { epoch: 1, pending: [{ node: 'n', nodeUid: 'u', seq: 1 }] };
      const written = await api.writeOsStatus(os, { nodes: 2, admission });
      expect(written.status).toEqual({ nodes: 2, admission });
      await expect(api.writeOsStatus(os, {})).rejects.toMatchObject(conflict);
      expect((await api.writeOsStatus(written, { updated: 1 })).status).toEqual({ updated: 1 });
    });

    it('puts our finalizer on an object and takes it off', async () => {
      const { api } = cluster();
      const os = await anOs();
      const held = await api.setOsFinalizer(os, true);
      expect(held.finalizers).toEqual([operationFinalizer]);
      await expect(api.setOsFinalizer(os, false)).rejects.toMatchObject(conflict);
      expect((await api.setOsFinalizer(held, false)).finalizers).toEqual([]);
    });

    it('evicts a pod, and knows it from one that is gone', async () => {
      const { api, addPod } = cluster();
      const { name: node } = await aNode();
      await addPod(node, `pod-of-${node}`);
      const podNow = async (): Promise<PodView | undefined> =>
        (await api.listPods(node)).find(({ namespace }) => namespace === 'default');
      const pod = found(await podNow());
      expect(await api.evict({ ...pod, uid: `not-${pod.uid}` })).toEqual({ kind: 'gone' });
      expect((await podNow())?.deleting).toBe(false);
      expect(await api.evict(pod)).toEqual({ kind: 'evicted' });
      expect((await podNow())?.deleting ?? true).toBe(true);
    });

    it('fills the caches with all that was written before a refresh', async () => {
      const { api, cache } = cluster();
      const created = await anInstance();
      const written = await api.writeInstance(created, upgrade, false);
      await api.refresh();
      expect(cache.holdsOwnWrites()).toBe(true);
      expect(cache.instance(written.name)).toEqual(written);
      expect(cache.node(written.name)?.name).toBe(written.name);
    });
  });
}
