/** A machine that has booted without an identity, with all images in place, saved in that moment for nodes to go on from. */
import { startMachine, type ImageTools, type Machine, type MachineOptions } from '@kubeos/vm';

import { kubeletPort } from './ports.ts';
import { mirrorFiles, registryName } from '../registry/mirror-files.ts';
import { webPort } from '../serving/workload.ts';
import { runIn } from './guest.ts';
import { writeEmptySeedDisk } from './seed.ts';

/** Name of the snapshot. */
export const warmSnapshot = 'warm';
/** Root's password in the images of the tests. */
export const rootPassword = 'kubeos';

const memoryMib = 1024;
const bootSeconds = 600;
const pullSeconds = 600;

/** What nodes are made from. */
export interface NodeBase {
  readonly tools: ImageTools;
  /** Their first system, qcow2; never written. */
  readonly disk: string;
  readonly signal?: AbortSignal;
}

/** The machine of a node, whose seed is this file. */
export function nodeMachine(
  { tools, disk, signal }: NodeBase,
  name: string,
  seedDisk: string,
): MachineOptions {
  return {
    tools,
    name,
    firmware: 'uefi',
    disk: { file: disk, format: 'qcow2' },
    memoryMib,
    // One processor: see VmNode.
    cpus: 1,
    guestPorts: [kubeletPort, webPort],
    extraArguments: [
      ...['-drive', `if=none,id=seed,format=raw,readonly=on,file=${seedDisk}`],
      ...['-device', 'virtio-blk-pci,drive=seed,serial=seed'],
    ],
    ...(signal === undefined ? {} : { signal }),
  };
}

/** What the machine takes along into its snapshot. */
export interface WarmOptions extends NodeBase {
  /** A file in which its seed is missing. */
  readonly seedDisk: string;
  /** Base address of a registry, as guests see it. */
  readonly registry: string;
  /** Images of it that the node pulls, without the registry's name. */
  readonly pulled: readonly string[];
}

/** Boots and saves; the machine is off then. It has to be disposed of when nothing is made from it any more. */
export async function warmMachine(options: WarmOptions): Promise<Machine> {
  await writeEmptySeedDisk(options.seedDisk);
  const machine = await startMachine(nodeMachine(options, 'warm', options.seedDisk));
  try {
    await machine.console.login('root', rootPassword, { deadlineSeconds: bootSeconds });
    await runIn(machine, 'systemctl start kubeos-images.service', bootSeconds);
    await pullImages(machine, options);
    await machine.saveSnapshot(warmSnapshot);
    await machine.powerCut();
    return machine;
  } catch (error) {
    await machine.keepLog();
    await machine.dispose();
    throw error;
  }
}

/** Each node would pull the same later; a processor that is emulated takes long for it. */
async function pullImages(machine: Machine, { registry, pulled }: WarmOptions): Promise<void> {
  const [[path, text] = ['', '']] = Object.entries(mirrorFiles(registry));
  const folder = '/run/certs.d';
  const file = path.replace('containerd/certs.d', folder);
  const encoded = Buffer.from(text).toString('base64');
  await runIn(
    machine,
    `mkdir -p ${file.replace(/[^/]+$/u, '')} && echo ${encoded} | base64 -d > ${file}`,
  );
  for (const image of pulled) {
    const pull = `ctr --namespace k8s.io images pull --hosts-dir ${folder} ${registryName}/${image}`;
    await runIn(machine, `${pull} > /dev/null`, pullSeconds);
  }
  await runIn(machine, `rm -r ${folder}; sync`);
}
