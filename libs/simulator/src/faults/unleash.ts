import { otherSlot, parseBootBlock, schemaRevision } from '@kubeos/core';
import type { Random } from '../engine/random.ts';
import { isGood, isOnTrial } from '../node/machine.ts';
import type { SimNode } from '../node/sim-node.ts';
import type { World } from '../world/world.ts';
import type { TimedFault } from './catalogue.ts';
import { publish, type Chaos, type Strike } from './chaos.ts';
import { clusterFaults } from './cluster-faults.ts';
import { nodeFaults } from './node-faults.ts';
import { peopleFaults } from './people-faults.ts';
import { aWish, factoryImage, type Scenario } from './scenario.ts';

/** Every fault of a moment; a name without a strike does not compile. */
const strikes: Readonly<Record<TimedFault, Strike>> = {
  ...nodeFaults,
  ...clusterFaults,
  ...peopleFaults,
};

/** Creates the first OS and lets faults strike for as long as the scenario says. */
export function unleash(world: World, random: Random, scenario: Scenario): Chaos {
  const chaos: Chaos = { world, random, scenario, releases: [], osUid: '', active: true };
  const wish = aWish(random, publish(chaos, scenario.soundness), scenario.shape);
  chaos.osUid = world.people.createOs('fleet', wish).uid;
  if (scenario.timedFaults.length > 0) strikeLater(chaos);
  return chaos;
}

function strikeLater(chaos: Chaos): void {
  const { world, random, scenario } = chaos;
  const pauseMs = Math.ceil(-Math.log(1 - random.next()) * scenario.faultEveryMs);
  world.scheduler.after(pauseMs, () => {
    if (!chaos.active) return;
    const fault = random.pick(scenario.timedFaults);
    world.trace.add('FAULT', fault);
    if (strikes[fault](chaos)) world.mark(fault);
    strikeLater(chaos);
  });
}

/** Every machine is up so long after the faults have ceased, and what people begin then is through after as long again. */
const lookAgainMs = 1200_000;
/** How often people look at the machines after that: what waits for them may show only when the next operation has ended. */
const looks = 3;

/** The world becomes sane: everything that people or time would mend sooner or later is mended. */
export function mend(chaos: Chaos): void {
  const { world } = chaos;
  chaos.active = false;
  world.server.available = true;
  world.server.prunes = false;
  world.server.prunesInstances = false;
  world.server.thawLists();
  world.server.schemaRevision = schemaRevision;
  for (const operator of world.operators) {
    operator.wallOffsetMs = 0;
    operator.mendWatch();
  }
  for (const node of world.nodes.values()) mendNode(node);
  for (let look = 1; look <= looks; look += 1) {
    world.scheduler.after(look * lookAgainMs, () => lookAtMachines(world));
  }
}

function lookAtMachines(world: World): void {
  for (const node of world.nodes.values()) {
    bootRight(node);
    endUnownedTrial(world, node);
    replaceHopeless(node);
  }
}

function mendNode(node: SimNode): void {
  node.saveWorks = true;
  node.wallOffsetMs = 0;
  node.disk.hasTwin = false;
  node.disk.persistFull = false;
  node.proxies.silence(false);
  node.proxies.roll(false);
  node.proxies.mendWatch();
  node.kubelet.mend();
  bootRight(node);
}

/** What somebody at the machine does about a boot that the boot loader did not choose freely. */
function bootRight(node: SimNode): void {
  const session = node.machine.session;
  const block = parseBootBlock(node.disk.bootBlock);
  if (session === undefined) return;
  // A machine whose boot block was lost may hang in the first slot that can be loaded: a person boots the other.
  if (session.why === 'lastresort' && session.image.reach !== 'agent') {
    node.machine.bootByHand(otherSlot(session.slot));
    return;
  }
  if (block.kind !== 'ok') {
    // The boot block was lost under a slot that it had not chosen: the agent writes it anew when the node comes up.
    if (session.why === 'manual' || session.why === 'lastresort')
      node.machine.orderReboot('person');
    return;
  }
  // A node that runs its other good slot, by hand or as a last resort, says so and waits for a reboot.
  if (isOnTrial(node.disk, session.slot)) return;
  if (block.vars.good !== session.slot) node.machine.orderReboot('person');
}

/**
 * A boot block that was lost after the commit, when the commit could not be recorded on PERSIST, makes a confirmed slot look
 * like a trial, and the timer of this boot has been stopped. The status says `UnownedTrial`, and a person reboots.
 */
function endUnownedTrial(world: World, node: SimNode): void {
  const session = node.machine.session;
  if (session === undefined || !isOnTrial(node.disk, session.slot)) return;
  if (world.server.instances.get(node.name)?.spec.operation === undefined) {
    node.machine.orderReboot('person');
  }
}

/**
 * Boot block and PERSIST lost in one trial: the agent takes the slot that runs for the good one, for it knows no other. When
 * that slot is no good, only a person helps.
 */
function replaceHopeless(node: SimNode): void {
  const session = node.machine.session;
  if (session === undefined || !isGood(node.disk, session.slot)) return;
  if (session.image.health !== 'ready') node.reinstall(factoryImage);
}
