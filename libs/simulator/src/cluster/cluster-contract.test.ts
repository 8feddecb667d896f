/** The simulated cluster keeps what a real API server keeps for an operator. */
import { afterAll, beforeAll } from '@jest/globals';
import { schemaRevision } from '@kubeos/core';
import { describeClusterApi, keepRunning, type OpenCluster } from '@kubeos/testing';
import { Actor, calmWeather } from '../engine/actor.ts';
import { createRandom } from '../engine/random.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { ApiServer } from './api-server.ts';
import { createOperatorApi, mergeConditions } from './operator-api.ts';
import { People } from './people.ts';
import { WatchCache } from './watch-cache.ts';
import { Workloads } from './workloads.ts';

function openCluster(scheduler: Scheduler): OpenCluster {
  const ignore = (): void => undefined;
  const server = new ApiServer(() => scheduler.now, schemaRevision);
  const workloads = new Workloads({
    ...{ server, scheduler, random: createRandom(1), daemonSetsReady: () => true },
    binding: { leastMs: 1, mostMs: 1 },
  });
  const people = new People(server, () => '2026-01-01T00:00:00Z');
  const cache = new WatchCache({ server, scheduler, delayMs: () => 1000, onChange: ignore });
  cache.start();
  const api = createOperatorApi({
    ...{ server, cache, workloads, onEvent: ignore, wallMs: () => scheduler.now },
    actor: new Actor('operator', { scheduler, weather: () => calmWeather }),
    watch: {
      ...{ nodeChanged: ignore, evicting: ignore },
      ...{ osStatusWritten: ignore, instanceWritten: ignore },
    },
  });
  return {
    api,
    cache,
    addNode: async (name) => {
      const uid = server.newUid('node');
      const view = {
        ...{ name, uid, resourceVersion: '0', labels: {}, annotations: {}, deleting: false },
        ...{ unschedulable: false, unschedulableIsOurs: false, ready: true },
        ...{ bootId: 'boot-1', osImage: 'KubeOS 1' },
      };
      server.putNode({ cordonedBy: undefined, view });
    },
    addOs: async (name) => {
      people.createOs(name, { selector: { kind: 'unlabelled' }, spec: undefined });
    },
    addPod: async (node, name) => {
      const pods = { replicas: 1, startSeconds: 1, graceSeconds: 1, hasEmptyDir: false };
      workloads.addWorkload({ namespace: 'default', name, ...pods }, [node]);
    },
    report: async (node, reported) => {
      const instance = server.instances.get(node);
      if (instance === undefined) return;
      const conditions = mergeConditions(instance.status.conditions, reported);
      server.putInstance({ ...instance, status: { ...instance.status, conditions } });
    },
  };
}

const scheduler = new Scheduler();
const cluster = openCluster(scheduler);
let stop: () => Promise<void> = async () => undefined;
beforeAll(() => {
  stop = keepRunning(() => scheduler.run({ untilMs: scheduler.now + 100 }));
});
afterAll(() => stop());

describeClusterApi('of the simulation', () => cluster);
