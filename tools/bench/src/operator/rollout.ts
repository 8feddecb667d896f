import { join } from 'node:path';

import { FastImageServer, FastNode, fastImage } from '@kubeos/e2e-apiserver';
import { createClock, type ApiClient } from '@kubeos/kube';

import type { CaseContext } from '../case.ts';
import { unread } from '../unread-log.ts';
import { until } from '../until.ts';
import { firstVersion, nameOf, rolloutGroup } from './many-nodes.ts';

const nextImage = fastImage('KubeOS 2');
const imageName = 'next';

/** What the players are given. */
export interface PlayersOptions {
  readonly api: ApiClient;
  readonly kubeconfig: string;
  /** The first so many nodes take part. */
  readonly rolloutCount: number;
}

/** Starts the nodes of the rollout; the answer tells whether all of them run the new version. */
export async function startPlayers(
  { folder, say, signal }: CaseContext,
  endings: AsyncDisposableStack,
  { api, kubeconfig, rolloutCount }: PlayersOptions,
): Promise<() => boolean> {
  say(`starting ${rolloutCount} nodes`);
  const images = new FastImageServer();
  images.offer(imageName, nextImage);
  const nodes = Array.from({ length: rolloutCount }, (_, index) => {
    return new FastNode({
      name: nameOf(index),
      api,
      login: () => Promise.resolve(kubeconfig),
      folder: join(folder, 'nodes'),
      images,
      image: fastImage(firstVersion),
      clock: createClock(),
      log: unread,
    });
  });
  endings.defer(async () => {
    await Promise.all(nodes.map((node) => node.powerOff()));
  });
  for (const node of nodes) node.powerOn();
  const haveReported = async (): Promise<boolean> => {
    for (const node of nodes) if (!(await hasReported(api, node.name))) return false;
    return true;
  };
  await until('all nodes have reported', haveReported, { signal, seconds: 300, pollMs: 1000 });
  return () => nodes.every(({ running }) => running?.image.version === nextImage.version);
}

/** Creates the `OS` that all nodes of the group follow. */
export async function startRollout(api: ApiClient, maxUnavailable: number): Promise<void> {
  const body = {
    apiVersion: 'upgrade.openeuler.org/v1alpha1',
    kind: 'OS',
    metadata: { name: 'rollout', namespace: 'default' },
    spec: {
      opstype: 'upgrade',
      osversion: nextImage.version,
      imagetype: 'disk',
      imageurl: `https://images.example.org/${imageName}`,
      checksum: nextImage.digest.slice('sha256:'.length),
      nodeselector: rolloutGroup,
      maxunavailable: maxUnavailable,
      timeinterval: 1,
      minReadySeconds: 1,
    },
  };
  const path = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/os';
  await api.request({ method: 'POST', path, body });
}

async function hasReported(api: ApiClient, node: string): Promise<boolean> {
  const path = `/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances/${node}`;
  const { status } = (await api.request({ method: 'GET', path })) as {
    readonly status?: { readonly agent?: unknown };
  };
  return status?.agent !== undefined;
}
