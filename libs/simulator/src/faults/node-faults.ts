import { parseBootBlock, type SlotName } from '@kubeos/core';
import type { Disk } from '../node/disk.ts';
import type { SimNode } from '../node/sim-node.ts';
import type { TimedFault } from './catalogue.ts';
import { factoryImage } from './scenario.ts';
import { forAWhile, someNode, someNodeWhere, type Chaos, type Strike } from './chaos.ts';

type NodeFault = Extract<
  TimedFault,
  | 'powerCut'
  | 'extraReboot'
  | 'manualBoot'
  | 'saveEnvFails'
  | 'sectorLost'
  | 'persistLost'
  | 'persistFull'
  | 'secondDisk'
  | 'reinstalled'
  | 'slotDamaged'
  | 'agentCrash'
  | 'proxySilent'
  | 'proxyDoubled'
  | 'proxyOlder'
  | 'proxyCrash'
>;

/** Faults of machines, disks and the programs on nodes. */
export const nodeFaults: Readonly<Record<NodeFault, Strike>> = {
  powerCut: (chaos) => {
    const { machine } = someNode(chaos);
    const wasUp = machine.session !== undefined;
    machine.cutPower(chaos.random.pick([0, 5_000, 120_000, 900_000]));
    return wasUp;
  },
  extraReboot: (chaos) => {
    const { machine } = someNode(chaos);
    const wasRunning = machine.session?.rebooting === false;
    machine.orderReboot('person');
    return wasRunning;
  },
  manualBoot: (chaos) => {
    const node = someNode(chaos);
    const slot = chaos.random.pick<SlotName>(['A', 'B']);
    // What rots on a disk is found when it is hashed, not when it is booted past the boot loader.
    if (node.disk.slot(slot).kind === 'damaged') return false;
    node.machine.bootByHand(slot);
    return true;
  },
  saveEnvFails: (chaos) => {
    const node = someNode(chaos);
    node.saveWorks = false;
    forAWhile(chaos, [60, 1200], () => {
      node.saveWorks = true;
    });
    return true;
  },
  sectorLost: (chaos) => {
    // A last resort runs whatever can be loaded, and nobody is left who could find the damage before.
    const node = someNodeWhere(chaos, ({ disk }) => !hasDamage(disk));
    if (node === undefined) return false;
    const rubbish = new Uint8Array(1024).fill(0xff);
    node.disk.replaceBootBlock(chaos.random.chance(0.5) ? undefined : rubbish);
    return true;
  },
  persistLost: (chaos) => losePersist(chaos, someNode(chaos)),
  persistFull: (chaos) => {
    const { disk } = someNode(chaos);
    disk.persistFull = true;
    forAWhile(chaos, [30, 900], () => {
      disk.persistFull = false;
    });
    return true;
  },
  secondDisk: (chaos) => {
    const { disk } = someNode(chaos);
    disk.hasTwin = true;
    forAWhile(chaos, [30, 900], () => {
      disk.hasTwin = false;
    });
    return true;
  },
  reinstalled: (chaos) => {
    someNode(chaos).reinstall(factoryImage);
    return true;
  },
  slotDamaged: (chaos) => {
    const node = someNodeWhere(
      chaos,
      (one) => !isActivating(chaos, one) && idleSlots(one).length > 0,
    );
    if (node === undefined) return false;
    for (const slot of idleSlots(node)) node.disk.damageSlot(slot);
    return true;
  },
  agentCrash: (chaos) => someNode(chaos).agents.crashDaemon(),
  proxySilent: (chaos) => {
    const { proxies, kubelet } = someNode(chaos);
    proxies.silence(true);
    forAWhile(chaos, [30, 900], () => {
      proxies.silence(false);
      kubelet.startPods();
    });
    return true;
  },
  proxyDoubled: (chaos) => someNode(chaos).proxies.double(),
  proxyOlder: (chaos) => {
    const node = someNode(chaos);
    rollProxy(node, true);
    forAWhile(chaos, [30, 1200], () => rollProxy(node, false));
    return true;
  },
  proxyCrash: (chaos) => someNode(chaos).proxies.crash(),
};

function rollProxy({ proxies, kubelet }: SimNode, toOlder: boolean): void {
  proxies.roll(toOlder);
  kubelet.startPods();
}

function hasDamage(disk: Disk): boolean {
  return disk.slot('A').kind === 'damaged' || disk.slot('B').kind === 'damaged';
}

function losePersist({ random, world }: Chaos, node: SimNode): boolean {
  const others = [...world.nodes.values()].filter((other) => other !== node);
  const texts = [undefined, '', '{"torn', ...others.map((other) => other.disk.stateFile)];
  node.disk.replaceStateFile(random.pick(texts.map((text) => ({ text }))).text);
  return true;
}

/** Between its look at the slot and the write that arms it an agent may take a while. */
function isActivating({ world }: Chaos, { name }: SimNode): boolean {
  return world.server.instances.get(name)?.spec.operation?.phase === 'Activate';
}

/**
 * Slots that may be damaged: those that neither run nor are armed. What is armed was hashed in this boot, and what rots
 * after that is found by nobody before it runs. A slot that may have to serve as the way back is spared for the same reason.
 */
function idleSlots({ disk, machine }: SimNode): readonly SlotName[] {
  const block = parseBootBlock(disk.bootBlock);
  if (block.kind !== 'ok') return [];
  const { slots } = block.vars;
  return (['A', 'B'] as const).filter(
    (slot) => slot !== machine.session?.slot && slots[slot] === 'ready',
  );
}
