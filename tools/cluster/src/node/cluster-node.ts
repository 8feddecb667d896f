/** A node in a virtual machine that has joined a cluster. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createMachine, type Machine } from '@kubeos/vm';

import { runIn } from './guest.ts';
import { kubeletPort } from './ports.ts';
import { writeSeedDisk, type Seed } from './seed.ts';
import { nodeMachine, rootPassword, warmSnapshot, type NodeBase } from './warm-machine.ts';

/** What a node is made from. */
export interface ClusterNodeOptions extends NodeBase {
  /** Holds the node's seed. */
  readonly folder: string;
  readonly seed: Seed;
  /** A machine that is off and has the snapshot. */
  readonly warm: Machine;
}

const loginSeconds = 300;
/** What is kept of a node that something went wrong with. */
const evidence = [
  'journalctl --boot --no-pager --lines 400',
  'journalctl --no-pager --unit "os-agent*" --lines 400',
  'cat /run/os-agent/status.json',
  'systemctl --failed --no-pager',
];

/** A node; it may be off. */
export class ClusterNode {
  readonly name: string;
  readonly machine: Machine;
  /** How much had happened to the machine when a shell was there: a reboot since has ended it. */
  #shellAt = Infinity;

  private constructor(name: string, machine: Machine) {
    this.name = name;
    this.machine = machine;
  }

  /** Makes the machine of a node, which is off. */
  static async make(options: ClusterNodeOptions): Promise<ClusterNode> {
    const { seed, warm, folder } = options;
    const seedDisk = join(folder, `${seed.hostname}.seed`);
    await writeSeedDisk(seedDisk, seed);
    const machine = await createMachine({
      ...nodeMachine(options, seed.hostname, seedDisk),
      copyOf: warm,
    });
    return new ClusterNode(seed.hostname, machine);
  }

  /** Where the node's kubelet is on this host. */
  get kubelet(): number {
    return this.machine.hostPort(kubeletPort);
  }

  /** Goes on from the snapshot, finds its seed and starts kubelet. */
  async join(nowMs: number): Promise<void> {
    const { machine } = this;
    await machine.start({ snapshot: warmSnapshot });
    this.#shellAt = machine.events.length;
    const steps = [
      `date --utc --set=@${String(Math.floor(nowMs / 1000))}`,
      // The disk was an empty one when the kernel looked at it.
      'udevadm trigger --settle --action=change --subsystem-match=block',
      'systemctl restart kubeos-seed.service',
      'systemctl daemon-reload',
      'systemctl start --no-block kubelet.service',
    ];
    await runIn(machine, steps.join(' && '));
  }

  /** Cuts power, and switches on again at once. */
  async cyclePower(): Promise<void> {
    await this.machine.powerCut();
    this.#shellAt = Infinity;
    await this.machine.start();
  }

  /** Waits until the node, which was told to reboot, is through with its old system. */
  async goesDown(deadlineSeconds = 600): Promise<void> {
    await this.machine.waitForEvent('RESET', { deadlineSeconds });
  }

  /** Waits until the node, which goes down by itself, has booted this version. */
  async hasBooted(version: string, deadlineSeconds = 600): Promise<void> {
    await this.machine.console.expect(version, { deadlineSeconds });
  }

  /** Runs a command as root on the console. */
  async run(command: string, deadlineSeconds?: number): Promise<string> {
    if (!this.#hasShell()) {
      await this.machine.console.login('root', rootPassword, { deadlineSeconds: loginSeconds });
      this.#shellAt = this.machine.events.length;
    }
    return runIn(this.machine, command, deadlineSeconds);
  }

  /** Writes what the node says of itself into a file, where it still says something, and gives the name of its serial log. */
  async keepEvidence(folder: string): Promise<string> {
    const log = await this.machine.keepLog();
    const texts: string[] = [];
    for (const command of this.machine.isOn() ? evidence : []) {
      const text = await this.run(command, 60).catch((error: unknown) => String(error));
      texts.push(`# ${command}\n${text}\n`);
    }
    await writeFile(join(folder, `${this.name}.txt`), texts.join('\n'));
    return log;
  }

  async dispose(): Promise<void> {
    await this.machine.dispose();
  }

  #hasShell(): boolean {
    const { events } = this.machine;
    return this.#shellAt <= events.length && !events.slice(this.#shellAt).some(isReboot);
  }
}

function isReboot({ event }: { readonly event: string }): boolean {
  return event === 'RESET';
}
