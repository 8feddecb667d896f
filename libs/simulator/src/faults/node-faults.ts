import { parseBootBlock, type SlotName } from '@kubeos/core';
import type { SimNode } from '../node/sim-node.ts';
import type { TimedFault } from './catalogue.ts';
import { factoryImage } from './scenario.ts';
import { forAWhile, someNode, type Chaos, type Strike } from './chaos.ts';

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
  | 'proxyCrash'
>;

/** Faults of machines, disks and the programs on nodes. */
export const nodeFaults: Readonly<Record<NodeFault, Strike>> = {
  powerCut: (chaos) => {
    const node = someNode(chaos);
    node.machine.cutPower(chaos.random.pick([0, 5_000, 120_000, 900_000]));
  },
  extraReboot: (chaos) => someNode(chaos).machine.orderReboot('person'),
  manualBoot: (chaos) => {
    const node = someNode(chaos);
    const slot = chaos.random.pick<SlotName>(['A', 'B']);
    // What rots on a disk is found when it is hashed, not when it is booted past the boot loader.
    if (node.disk.slot(slot).kind !== 'damaged') node.machine.bootByHand(slot);
  },
  saveEnvFails: (chaos) => {
    const node = someNode(chaos);
    node.saveWorks = false;
    forAWhile(chaos, [60, 1200], () => {
      node.saveWorks = true;
    });
  },
  sectorLost: (chaos) => {
    const { disk } = someNode(chaos);
    const rubbish = new Uint8Array(1024).fill(0xff);
    disk.replaceBootBlock(chaos.random.chance(0.5) ? undefined : rubbish);
  },
  persistLost: (chaos) => losePersist(chaos, someNode(chaos)),
  persistFull: (chaos) => {
    const { disk } = someNode(chaos);
    disk.persistFull = true;
    forAWhile(chaos, [30, 900], () => {
      disk.persistFull = false;
    });
  },
  secondDisk: (chaos) => {
    const { disk } = someNode(chaos);
    disk.hasTwin = true;
    forAWhile(chaos, [30, 900], () => {
      disk.hasTwin = false;
    });
  },
  reinstalled: (chaos) => someNode(chaos).reinstall(factoryImage),
  slotDamaged: (chaos) => damageIdleSlot(someNode(chaos)),
  agentCrash: (chaos) => someNode(chaos).agents.crashDaemon(),
  proxySilent: (chaos) => {
    const { proxies, kubelet } = someNode(chaos);
    proxies.silence(true);
    forAWhile(chaos, [30, 900], () => {
      proxies.silence(false);
      kubelet.startPods();
    });
  },
  proxyDoubled: (chaos) => someNode(chaos).proxies.double(),
  proxyCrash: (chaos) => someNode(chaos).proxies.crash(),
};

function losePersist({ random, world }: Chaos, node: SimNode): void {
  const others = [...world.nodes.values()].filter((other) => other !== node);
  const texts = [undefined, '', '{"torn', ...others.map((other) => other.disk.stateFile)];
  node.disk.replaceStateFile(random.pick(texts.map((text) => ({ text }))).text);
}

/**
 * Damages the slot that neither runs nor is armed: what is armed was hashed in this boot, and what rots after that is
 * found by nobody before it runs. A slot that may have to serve as the way back is spared for the same reason.
 */
function damageIdleSlot(node: SimNode): void {
  const block = parseBootBlock(node.disk.bootBlock);
  if (block.kind !== 'ok') return;
  for (const slot of ['A', 'B'] as const) {
    if (slot === node.machine.session?.slot) continue;
    if (block.vars.slots[slot] === 'ready') node.disk.damageSlot(slot);
  }
}
