import type { Os, OsSpec } from '@kubeos/core';
import type { Random } from '../engine/random.ts';
import { digestOf } from '../node/images.ts';
import type { SimNode } from '../node/sim-node.ts';
import type { World } from '../world/world.ts';
import { aRelease, type Release, type Scenario } from './scenario.ts';

/** What faults strike: a world, the chance of this seed, and the object that people fiddle with. */
export interface Chaos {
  readonly world: World;
  readonly random: Random;
  readonly scenario: Scenario;
  /** Releases published so far, newest last. */
  readonly releases: Release[];
  /** The OS that people edit; another uid after it was replaced. */
  osUid: string;
  /** True while faults strike. */
  active: boolean;
}

/** One fault of a moment; false when it met nothing that it could change. */
export type Strike = (chaos: Chaos) => boolean;

/** Publishes a release on the payload server. */
export function publish(chaos: Chaos, soundness: number): Release {
  const release = aRelease(chaos.random, chaos.releases.length + 1, soundness);
  chaos.world.payloads.publish(release.url, { image: release.image, delivery: 'sound' });
  chaos.releases.push(release);
  return release;
}

/** Publishes another build of a release in its place. */
export function publishAgain(chaos: Chaos, { image, announced, url }: Release): Release {
  const name = `${image.name}-build-${String(chaos.releases.length + 1)}`;
  const digests = {
    payloadDigest: digestOf(`payload of ${name}`),
    slotDigest: digestOf(`slot of ${name}`),
  };
  const release = { image: { ...image, name, ...digests }, announced, url };
  chaos.world.payloads.publish(url, { image: release.image, delivery: 'sound' });
  chaos.releases.push(release);
  return release;
}

/** One of the nodes. */
export function someNode({ world, random }: Chaos): SimNode {
  return random.pick([...world.nodes.values()]);
}

/** One of the nodes of which this holds, if there is any. */
export function someNodeWhere(
  { world, random }: Chaos,
  holds: (node: SimNode) => boolean,
): SimNode | undefined {
  const nodes = [...world.nodes.values()].filter(holds);
  return nodes.length === 0 ? undefined : random.pick(nodes);
}

/** Does something now and takes it back after a while, at the latest when the faults cease. */
export function forAWhile(
  chaos: Chaos,
  seconds: readonly [least: number, most: number],
  undo: () => void,
): void {
  const { world, random } = chaos;
  world.scheduler.after(random.between(...seconds) * 1000, () => {
    if (chaos.active) undo();
  });
}

/** The OS that people fiddle with, while it is there. */
export function currentOs({ world, osUid }: Chaos): (Os & { readonly spec: OsSpec }) | undefined {
  const os = world.server.oses.get(osUid);
  return os?.spec === undefined || os.deleting ? undefined : { ...os, spec: os.spec };
}
