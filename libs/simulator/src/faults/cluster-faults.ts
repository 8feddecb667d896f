import { schemaRevision } from '@kubeos/core';
import type { TimedFault } from './catalogue.ts';
import { forAWhile, someNode, type Chaos, type Strike } from './chaos.ts';

type ClusterFault = Extract<
  TimedFault,
  | 'apiOutage'
  | 'watchGap'
  | 'staleLists'
  | 'outdatedCrd'
  | 'operatorCrash'
  | 'operatorPause'
  | 'wallStep'
  | 'nodeReplaced'
  | 'payloadTrouble'
>;

/** Faults of the API server, the operators and what they lean on. */
export const clusterFaults: Readonly<Record<ClusterFault, Strike>> = {
  apiOutage: (chaos) => {
    const { server } = chaos.world;
    server.available = false;
    forAWhile(
      chaos,
      chaos.random.pick([
        [5, 30],
        [60, 300],
        [600, 2400],
      ] as const),
      () => {
        server.available = true;
      },
    );
    return true;
  },
  watchGap: (chaos) => {
    const { random, world } = chaos;
    const watcher = random.chance(0.5) ? random.pick(world.operators) : someNode(chaos).proxies;
    forAWhile(chaos, [5, 600], () => watcher.mendWatch());
    return watcher.breakWatch();
  },
  staleLists: (chaos) => {
    const { random, world } = chaos;
    world.server.freezeLists();
    forAWhile(chaos, [10, 90], () => world.server.thawLists());
    const starter = random.chance(0.5) ? random.pick(world.operators) : someNode(chaos).proxies;
    forAWhile(chaos, [1, 10], () => void starter.crash());
    return true;
  },
  outdatedCrd: (chaos) => {
    const { random, world } = chaos;
    const { server } = world;
    server.prunes = random.chance(0.5);
    server.prunesInstances = !server.prunes || random.chance(0.5);
    // What is done to the OSInstances may have been missed: the CRDs do not always say what they are.
    if (server.prunes || random.chance(0.5)) server.schemaRevision = 0;
    forAWhile(chaos, [10, 900], () => {
      server.prunes = false;
      server.prunesInstances = false;
      server.schemaRevision = schemaRevision;
    });
    return true;
  },
  operatorCrash: (chaos) => leading(chaos)?.crash() === true,
  operatorPause: (chaos) => leading(chaos)?.pause(chaos.random.between(1_000, 90_000)) === true,
  wallStep: (chaos) => {
    const { random, world } = chaos;
    const offsetMs = random.between(-86_400, 86_400) * 1000;
    const stepped = random.chance(0.5) ? random.pick(world.operators) : someNode(chaos);
    stepped.wallOffsetMs = offsetMs;
    return true;
  },
  nodeReplaced: (chaos) => {
    const { world, random } = chaos;
    const node = someNode(chaos);
    world.server.removeNode(node.name);
    world.workloads.nodeIsGone(node.name);
    node.proxies.end();
    // A kubelet registers when it starts, so somebody restarts it.
    world.scheduler.after(random.between(1, 120) * 1000, () => node.kubelet.registerAgain());
    return true;
  },
  payloadTrouble: (chaos) => {
    const { random, releases, world } = chaos;
    const release = random.pick(releases);
    const delivery = random.pick(['notFound', 'otherBytes', 'breaks', 'stalls'] as const);
    world.payloads.publish(release.url, { image: release.image, delivery });
    forAWhile(chaos, [30, 1200], () =>
      world.payloads.publish(release.url, { image: release.image, delivery: 'sound' }),
    );
    return true;
  },
};

function leading({ world }: Chaos): (typeof world.operators)[number] | undefined {
  return (
    world.operators.find((operator) => operator.name === world.lease.leader) ?? world.operators[0]
  );
}
