/** The operator's writes. Each carries the version it was decided on. */
import {
  apiGroup,
  apiVersion,
  hasCode,
  instanceNamespace,
  instanceNodeLabel,
  operationFinalizer,
  operatorConditionTypes,
  operatorFieldManager,
  parseOs,
  parseOsInstance,
  type ClusterApi,
  type Condition,
  type NodeView,
  type Os,
  type OsInstance,
  type OsInstanceSpec,
} from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { metaOf } from '../store/object-meta.ts';
import { evict } from './evict.ts';
import { createEventRecorder } from './events.ts';
import {
  applyPatchType,
  finalizerStep,
  guardedSteps,
  jsonPatchType,
  type PatchStep,
} from './guarded-patch.ts';
import { nodePatch } from './node-patch.ts';
import { parseNode } from './node-view.ts';
import type { OwnWrites } from './own-writes.ts';
import { instancePath, nodePath, osPath } from './paths.ts';
import type { ClusterReads } from './reads.ts';
import type { Stores } from './stores.ts';

/** The writing half of `ClusterApi`. */
export type ClusterWrites = Omit<ClusterApi, keyof ClusterReads>;

/** What the writes are built from. */
export interface WritesOptions {
  readonly api: ApiClient;
  readonly stores: Stores;
  readonly ownWrites: OwnWrites;
  /** Which process reports an event. */
  readonly identity: string;
  readonly wallMs: () => number;
}

const manager = { fieldManager: operatorFieldManager };

/** Builds the writes. */
export function createWrites(options: WritesOptions): ClusterWrites {
  const { api, stores, ownWrites } = options;
  const events = createEventRecorder(options);

  function noteInstance(raw: unknown): OsInstance {
    const written = parseOsInstance(raw);
    ownWrites.note(stores.instances, written.name, written.resourceVersion);
    return written;
  }

  function noteOs(raw: unknown): Os {
    const written = parseOs(raw);
    ownWrites.note(stores.oses, written.uid, written.resourceVersion);
    return written;
  }

  async function patchInstance(
    instance: OsInstance,
    steps: readonly PatchStep[],
  ): Promise<OsInstance> {
    const body = guardedSteps(instance.resourceVersion, steps);
    const path = instancePath(instance.name);
    return noteInstance(
      await api.request({
        method: 'PATCH',
        path,
        query: manager,
        contentType: jsonPatchType,
        body,
      }),
    );
  }

  async function patchOs(os: Os, path: string, steps: readonly PatchStep[]): Promise<Os> {
    const body = guardedSteps(os.resourceVersion, steps);
    return noteOs(
      await api.request({
        method: 'PATCH',
        path,
        query: manager,
        contentType: jsonPatchType,
        body,
      }),
    );
  }

  return {
    async createInstance(node, spec) {
      const body = newInstance(node, spec);
      const path = instancePath();
      return noteInstance(await api.request({ method: 'POST', path, query: manager, body }));
    },

    async adoptInstance(node, instance) {
      return noteInstance(
        await api.request({
          method: 'PATCH',
          path: instancePath(instance.name),
          query: manager,
          contentType: applyPatchType,
          body: applied(instance, { ownerReferences: [ownerOf(node)] }),
        }),
      );
    },

    writeInstance: (instance, spec, withFinalizer) =>
      patchInstance(instance, [
        { op: 'add', path: '/spec', value: spec },
        finalizerStep(instance.finalizers, operationFinalizer, withFinalizer),
      ]),

    async deleteInstance(instance) {
      try {
        const freed = instance.finalizers.includes(operationFinalizer)
          ? await patchInstance(instance, [
              finalizerStep(instance.finalizers, operationFinalizer, false),
            ])
          : instance;
        const { uid, resourceVersion } = freed;
        const body = { preconditions: { uid, resourceVersion } };
        await api.request({ method: 'DELETE', path: instancePath(instance.name), body });
      } catch (error) {
        // With the finalizer the garbage collector's own deletion ends, and there is nothing left to delete.
        if (!hasCode(error, 'NOT_FOUND')) throw error;
      }
    },

    async applyInstanceConditions(instance, conditions) {
      const answer = await api.request({
        method: 'PATCH',
        path: `${instancePath(instance.name)}/status`,
        query: { ...manager, force: true },
        contentType: applyPatchType,
        body: appliedConditions(instance, conditions),
      });
      ownWrites.note(stores.instances, instance.name, metaOf(answer).resourceVersion);
    },

    async changeNode(node, change) {
      const path = nodePath(node.name);
      const written = parseNode(
        await api.request({ method: 'PATCH', path, ...nodePatch(node, change) }),
      );
      ownWrites.note(stores.nodes, written.name, written.resourceVersion);
      return written;
    },

    evict: (pod) => evict(api, pod),

    writeOsStatus: (os, status) =>
      patchOs(os, `${osPath(os.namespace, os.name)}/status`, [
        { op: 'add', path: '/status', value: status },
      ]),

    setOsFinalizer: (os, present) =>
      patchOs(os, osPath(os.namespace, os.name), [
        finalizerStep(os.finalizers, operationFinalizer, present),
      ]),

    emit: (event) => events.emit(event),
  };
}

/** A new instance. The Node owns it, so that it goes when the Node goes even if nobody watches at that moment. */
function newInstance(node: NodeView, spec: OsInstanceSpec): object {
  return {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'OSInstance',
    metadata: {
      name: node.name,
      namespace: instanceNamespace,
      labels: { [instanceNodeLabel]: node.name },
      ownerReferences: [ownerOf(node)],
    },
    spec,
  };
}

function ownerOf({ name, uid }: NodeView): object {
  return { apiVersion: 'v1', kind: 'Node', name, uid };
}

/** What server-side apply needs to know of the instance that is meant. */
function applied({ name, uid, resourceVersion }: OsInstance, metadata: object = {}): object {
  return {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'OSInstance',
    metadata: { name, namespace: instanceNamespace, uid, resourceVersion, ...metadata },
  };
}

function appliedConditions(instance: OsInstance, conditions: readonly Condition[]): object {
  return {
    ...applied(instance),
    status: { conditions: conditions.filter(({ type }) => operatorConditionTypes.has(type)) },
  };
}
