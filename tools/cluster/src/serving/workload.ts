/** What runs on the nodes while they are upgraded: a Deployment that serves with a budget, and a DaemonSet. */

import { webImage } from '../image/web-image.ts';

/** Port of a node behind which its pod of the Deployment answers with its own name. */
export const webPort = 8080;
/** Chooses the pods of the Deployment. */
export const webSelector = 'app=web';
/** Seconds for which a pod goes on serving when it is to end, until everybody knows. */
const farewellSeconds = 5;

const web = { app: 'web' };
const onlooker = { app: 'onlooker' };
const resources = { requests: { cpu: '10m', memory: '8Mi' } };

/**
 * The objects, with one pod for each of so many nodes; one of them may be away. The pods of the DaemonSet see the kernel's
 * settings of their node.
 */
export function workload(nodes: number): readonly object[] {
  return [deployment(nodes), budget(nodes), daemonSet];
}

function deployment(replicas: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: web },
      // The port of a node is there once: the old pod has to go first.
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels: web },
        spec: {
          terminationGracePeriodSeconds: farewellSeconds + 10,
          containers: [
            {
              name: 'web',
              image: webImage,
              imagePullPolicy: 'Never',
              ports: [{ containerPort: webPort, hostPort: webPort }],
              readinessProbe: { httpGet: { path: '/', port: webPort }, periodSeconds: 2 },
              lifecycle: { preStop: { sleep: { seconds: farewellSeconds } } },
              resources,
            },
          ],
        },
      },
    },
  };
}

function budget(nodes: number): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: nodes - 1, selector: { matchLabels: web } },
  };
}

const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'onlooker', namespace: 'default' },
  spec: {
    selector: { matchLabels: onlooker },
    template: {
      metadata: { labels: onlooker },
      spec: {
        hostNetwork: true,
        tolerations: [{ operator: 'Exists' }],
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'onlooker',
            image: webImage,
            imagePullPolicy: 'Never',
            command: ['sleep', '1000000'],
            resources,
          },
        ],
      },
    },
  },
};
