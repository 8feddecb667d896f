/** The pods of a scene, and what is deployed there. */
import type { Clock, Log } from '@kubeos/core';
import { createStore, type ApiClient, type Store } from '@kubeos/kube';

/** What a test reads of a Pod. */
export interface ScenePod {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly name: string;
  readonly app: string | undefined;
  readonly node: string | undefined;
  readonly isOfDaemonSet: boolean;
  /** Ready, and not being deleted. */
  readonly isReady: boolean;
}

interface RawPod {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Follows the pods of namespace `default`. */
export function followPods(api: ApiClient, clock: Clock, log: Log): Store<ScenePod> {
  return createStore({
    api,
    clock,
    log,
    path: '/api/v1/namespaces/default/pods',
    pageSize: 100,
    parse: (raw) => parsePod(raw as RawPod),
    keyOf: ({ uid }) => uid,
  });
}

function parsePod({ metadata, spec, status }: RawPod): ScenePod {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return {
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    name: metadata.name,
    app: metadata.labels?.['app'],
    node: spec.nodeName,
    isOfDaemonSet: metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true,
    isReady: ready && metadata.deletionTimestamp === undefined,
  };
}

const containers = [{ name: 'c', image: 'registry.example.org/c:1' }];

function template(app: string, group: string): object {
  return {
    metadata: { labels: { app } },
    spec: {
      containers,
      nodeSelector: { 'upgrade.openeuler.org/node-selector': group },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { app } },
        },
      ],
    },
  };
}

/** A Deployment on the nodes of a group, spread over them. */
export function deployment(app: string, group: string, replicas: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app },
    spec: { replicas, selector: { matchLabels: { app } }, template: template(app, group) },
  };
}

/** A DaemonSet on the nodes of a group. */
export function daemonSet(app: string, group: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: app },
    spec: { selector: { matchLabels: { app } }, template: template(app, group) },
  };
}

/** How many pods of an app must stay healthy. */
export function disruptionBudget(app: string, minAvailable: number): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app },
    spec: { minAvailable, selector: { matchLabels: { app } } },
  };
}

/** A pod that belongs to nobody, bound to a node. With a finalizer it does not go when it is deleted. */
export function lonelyPod(
  name: string,
  nodeName: string,
  finalizers: readonly string[] = [],
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name }, finalizers },
    spec: { nodeName, containers },
  };
}
