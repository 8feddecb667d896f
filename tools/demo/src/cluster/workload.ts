/** What runs on the nodes while they are upgraded. */

/** Replicas of the Deployment. */
export const webReplicas = 4;
/** Fewest of them that the PodDisruptionBudget allows. */
export const webMinimum = 3;
/** Chooses the pods of the Deployment. */
export const webSelector = 'app=web';

const webLabels = { app: 'web' };
const agentLabels = { app: 'node-agent' };

function container(name: string): object {
  return { name, image: `registry.example/${name}:1`, resources: { requests: { cpu: '100m' } } };
}

/**
 * A Deployment that spreads over the nodes, with its budget, and a DaemonSet as every cluster has some: its pods stay
 * on a node that is drained.
 */
export const workload: readonly object[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: webReplicas,
      selector: { matchLabels: webLabels },
      template: {
        metadata: { labels: webLabels },
        spec: {
          containers: [container('web')],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: webLabels },
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: webMinimum, selector: { matchLabels: webLabels } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'node-agent', namespace: 'default' },
    spec: {
      selector: { matchLabels: agentLabels },
      template: {
        metadata: { labels: agentLabels },
        spec: { containers: [container('node-agent')], tolerations: [{ operator: 'Exists' }] },
      },
    },
  },
];
