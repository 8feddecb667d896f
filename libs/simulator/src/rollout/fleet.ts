import { freshVars, newBlock, nodeSelectorLabel, type NodeSelector } from '@kubeos/core';
import type { Random } from '../engine/random.ts';
import { anImage, PayloadServer, type ImageModel } from '../node/images.ts';
import type { NodePlan, World } from '../world/world.ts';
import { flaws, type Flaw, type RolloutNode, type RolloutOptions } from './options.ts';
import type { Wish } from './wish.ts';

/** The version that every node runs at the start. */
const oldVersion = 'the version before';
const sound: Flaw = { image: {}, delivery: 'sound' };

/** Makes the fleet; on nodes where the wanted version fails the image itself is another. */
export function planFleet(wish: Wish, options: RolloutOptions, random: Random): NodePlan[] {
  const nodes = withFailures(listNodes(wish.selector, options), options, random);
  const old = anImage('old', oldVersion);
  const releases = new Map<Flaw, Release>();
  return nodes.map(({ failure, ...node }) => {
    const flaw = failure === undefined ? sound : flaws[failure];
    const release = releases.get(flaw) ?? releaseOf(wish, flaw);
    releases.set(flaw, release);
    const plan = { ...node, booted: 'A' as const, image: old, payloads: release.payloads };
    return wish.spec.type === 'rollback' ? { ...plan, otherImage: release.image } : plan;
  });
}

/** Before a rollback every node has the wanted version in its other slot, confirmed at some time. */
export function confirmOtherSlots(world: World): void {
  for (const { disk } of world.nodes.values()) {
    const slots = { A: 'good', B: 'good' } as const;
    disk.fillBootBlock(newBlock({ ...freshVars('A', 0), order: ['A', 'B'], slots }));
  }
}

interface Release {
  readonly image: ImageModel;
  readonly payloads: PayloadServer;
}

function releaseOf({ spec }: Wish, { image: behaviour, delivery }: Flaw): Release {
  const { payload } = spec;
  const image = anImage('wanted', spec.version, {
    ...behaviour,
    ...(payload === undefined ? {} : { payloadDigest: payload.digest }),
  });
  const payloads = new PayloadServer();
  payloads.publish(payload?.url ?? '', { image, delivery });
  return { image, payloads };
}

function listNodes(selector: NodeSelector, options: RolloutOptions): readonly RolloutNode[] {
  const { nodes, zones = 3 } = options;
  if (typeof nodes !== 'number') return nodes;
  const digits = String(nodes).length;
  const labels = selector.kind === 'value' ? { [nodeSelectorLabel]: selector.value } : {};
  return Array.from({ length: nodes }, (_, index) => ({
    name: `node-${String(index + 1).padStart(digits, '0')}`,
    zone: `zone-${String((index % zones) + 1)}`,
    labels,
  }));
}

function withFailures(
  nodes: readonly RolloutNode[],
  { failures = [] }: RolloutOptions,
  random: Random,
): readonly RolloutNode[] {
  const parts = 'kind' in failures ? [failures] : failures;
  const changed = [...nodes];
  const open = nodes.flatMap(({ failure }, index) => (failure === undefined ? [index] : []));
  for (const { fraction, kind } of parts) {
    const wanted = fraction > 0 ? Math.max(1, Math.round(fraction * nodes.length)) : 0;
    for (let drawn = 0; drawn < wanted && open.length > 0; drawn += 1) {
      const [index = 0] = open.splice(random.below(open.length), 1);
      const node = changed[index];
      if (node !== undefined) changed[index] = { ...node, failure: kind };
    }
  }
  return changed;
}
