/** Logins with the very tokens that operator and proxies have in their pods: bound to a pod, made by the API server. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tokenKubeconfig, type ControlPlane } from '@kubeos/control-plane';
import { hasCode, KubeosError } from '@kubeos/core';
import type { ApiClient } from '@kubeos/kube';
import { releaseNamespace } from './helm.ts';

/** A service account of the chart. */
export interface Account {
  readonly namespace: string;
  readonly name: 'os-operator' | 'os-proxy';
}

/** The operator's. */
export const operatorAccount: Account = { namespace: releaseNamespace, name: 'os-operator' };
/** The one that all proxies share. */
export const proxyAccount: Account = { namespace: 'kubeos-proxy', name: 'os-proxy' };

/** Which pod a token is bound to. */
export interface PodRef {
  readonly name: string;
  readonly uid: string;
}

interface PodList {
  readonly items: readonly {
    readonly metadata: PodRef & { readonly deletionTimestamp?: string };
  }[];
}

const podSeconds = 60;
const pollMilliseconds = 50;

/** Makes kubeconfigs for the chart's accounts, in a folder of its own. */
export class Logins {
  readonly #plane: Pick<ControlPlane, 'server' | 'caFile'>;
  readonly #api: ApiClient;
  readonly #folder: string;
  #made = 0;

  /** @param api of somebody who may make pods and tokens */
  constructor(plane: Pick<ControlPlane, 'server' | 'caFile' | 'folder'>, api: ApiClient) {
    this.#plane = plane;
    this.#api = api;
    this.#folder = join(plane.folder, 'logins');
  }

  /** For an operator that is a process beside the cluster: its pod is one that nobody schedules. */
  async operator(): Promise<string> {
    const pod = await this.makePod(operatorAccount, {
      generateName: 'os-operator-played-',
      schedulerName: 'played',
    });
    return this.write(await this.token(operatorAccount, pod));
  }

  /** For the proxy of a node, with the token of the pod that the DaemonSet has there; waits for that pod. */
  async proxy(node: string, signal?: AbortSignal): Promise<string> {
    const deadline = performance.now() + podSeconds * 1000;
    for (;;) {
      const token = await this.#daemonToken(node);
      if (token !== undefined) return this.write(token);
      if (performance.now() > deadline) {
        throw new KubeosError('BUG', `The DaemonSet has no pod of os-proxy on ${node}`);
      }
      await delay(pollMilliseconds, undefined, signal === undefined ? {} : { signal });
    }
  }

  /** Makes a pod of the account by hand, where no controller does. */
  async makePod(
    account: Account,
    pod: {
      readonly generateName: string;
      readonly nodeName?: string;
      readonly schedulerName?: string;
    },
  ): Promise<PodRef> {
    const { generateName, ...place } = pod;
    const answer = await this.#api.request({
      method: 'POST',
      path: `/api/v1/namespaces/${account.namespace}/pods`,
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { generateName, labels: { 'app.kubernetes.io/name': account.name } },
        spec: {
          ...place,
          serviceAccountName: account.name,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: account.name,
              image: `kubeos/${account.name}`,
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    });
    return (answer as { readonly metadata: PodRef }).metadata;
  }

  /** A token as the kubelet asks for it. */
  async token(account: Account, pod?: PodRef): Promise<string> {
    const { namespace, name } = account;
    const bound =
      pod === undefined ? {} : { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', ...refOf(pod) } };
    const answer = await this.#api.request({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 4 * 3600, ...bound },
      },
    });
    return (answer as { readonly status: { readonly token: string } }).status.token;
  }

  /** A kubeconfig with this token and nothing else. */
  async write(token: string): Promise<string> {
    this.#made += 1;
    const path = join(this.#folder, `${String(this.#made)}.kubeconfig`);
    await mkdir(this.#folder, { recursive: true });
    await writeFile(path, tokenKubeconfig({ ...this.#plane, token }), { mode: 0o600 });
    return path;
  }

  /** Nothing while there is no such pod, or nobody to ask for it: a kubelet tries again, too. */
  async #daemonToken(node: string): Promise<string | undefined> {
    const { namespace, name } = proxyAccount;
    const query = {
      fieldSelector: `spec.nodeName=${node}`,
      labelSelector: `app.kubernetes.io/name=${name}`,
    };
    try {
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const pods = (await this.#api.request({ method: 'GET', path, query })) as PodList;
      const pod = pods.items.find(({ metadata }) => metadata.deletionTimestamp === undefined);
      return pod === undefined ? undefined : await this.token(proxyAccount, pod.metadata);
    } catch (error) {
      if (hasCode(error, 'API_UNAVAILABLE', 'NOT_FOUND', 'CONFLICT')) return undefined;
      throw error;
    }
  }
}

function refOf({ name, uid }: PodRef): PodRef {
  return { name, uid };
}
