/** A node in a virtual machine: its console, its agent, and the steps of an upgrade as a proxy would take them. */
import { decodeSnapshot, type AgentClient } from '@kubeos/agent-api';
import { hasCode } from '@kubeos/core';
import type {
  AgentStatus,
  OperationProgress,
  OperationType,
  Payload,
  PhaseAnswer,
  SlotName,
} from '@kubeos/core';

import { agentOf, waitForAgent } from '../agent.ts';
import type { Machine, MachineOptions } from '../contract.ts';
import { createMachine, startMachine } from '../start-machine.ts';
import type { ImageTools } from '../tools/image-tools.ts';

/** Root's password in the recipe of the example. */
const password = 'kubeos';
const minute = 60_000;

/** What an upgrade of a node needs to know. */
export interface Upgrade {
  readonly seq: number;
  readonly payload: Payload;
  readonly version: string;
}

/** A node that is to be booted. */
export interface VmNodeOptions {
  /** The image, qcow2; it is not written to. */
  readonly disk: string;
  readonly tools: ImageTools;
  /** For the folder of the machine. */
  readonly name: string;
  /** Give way to whatever else runs on this host. Default: false. */
  readonly isInBackground?: boolean;
  /** Default: UEFI. */
  readonly firmware?: 'uefi' | 'bios';
  /** Size of the disk; default: that of the image. */
  readonly sizeBytes?: number;
}

/** A node, which may be off. */
export class VmNode {
  readonly machine: Machine;
  readonly agent: AgentClient;
  readonly #options: MachineOptions;

  private constructor(machine: Machine, options: MachineOptions) {
    this.machine = machine;
    this.agent = agentOf(machine);
    this.#options = options;
  }

  /** Boots an image of the example, on a disk of its own; logs in and waits for the agent. */
  static async boot(options: VmNodeOptions): Promise<VmNode> {
    const node = await VmNode.start(options);
    await node.isUp();
    return node;
  }

  /** The same, without waiting for anything. */
  static async start({
    disk,
    firmware = 'uefi',
    sizeBytes,
    ...rest
  }: VmNodeOptions): Promise<VmNode> {
    const options: MachineOptions = {
      // One processor: of several the emulator loses a timer of one now and then, and the kernel hangs as it starts.
      ...{ ...rest, firmware, memoryMib: 1024, cpus: 1 },
      disk: { file: disk, format: 'qcow2', ...(sizeBytes === undefined ? {} : { sizeBytes }) },
    };
    return new VmNode(await startMachine(options), options);
  }

  /** Another node with all that this one has written, snapshots included; both are off. */
  async copy(): Promise<VmNode> {
    const options = { ...this.#options, copyOf: this.machine };
    return new VmNode(await createMachine(options), this.#options);
  }

  /** Waits until the node has booted this version (or any), whatever it boots before; logs in, waits for the agent. */
  async isUp(version?: number): Promise<AgentStatus> {
    await this.hasBooted(version);
    return this.logIn();
  }

  /** Waits for the first of this. */
  async hasBooted(version?: number): Promise<void> {
    await this.machine.console.expect(`KubeOS ${version ?? ''}`, { deadlineSeconds: 900 });
  }

  /** Waits for the rest of it. */
  async logIn(): Promise<AgentStatus> {
    await this.machine.console.login('root', password);
    await waitForAgent(this.machine, this.agent, { deadlineSeconds: 120 });
    return this.status();
  }

  /**
   * The same, but what the agent says is read from the file that it publishes in each boot: nobody has to start it, which
   * takes as long as a quarter of the boot in a machine whose processor is emulated.
   */
  async hasReported(version?: number): Promise<AgentStatus> {
    await this.hasBooted(version);
    await this.machine.console.login('root', password);
    return decodeSnapshot(
      await this.run('systemctl start os-agent-boot.service && cat /run/os-agent/status.json'),
    );
  }

  status(): Promise<AgentStatus> {
    return this.agent.getStatus(AbortSignal.timeout(minute));
  }

  /** Standard output of a command that has to succeed. */
  async run(command: string): Promise<string> {
    const { stdout, stderr, exitCode } = await this.machine.console.run(command);
    if (exitCode !== 0) throw new Error(`${command} exited with ${exitCode}: ${stdout}${stderr}`);
    return stdout.trimEnd();
  }

  /** Puts a text into a file of the node. */
  async put(path: string, text: string, mode = '0644'): Promise<void> {
    const encoded = Buffer.from(text).toString('base64');
    await this.run(`mkdir -p "$(dirname ${path})" && echo ${encoded} | base64 -d > ${path}`);
    await this.run(`chmod ${mode} ${path}`);
  }

  prepare(
    { seq, payload, version }: Upgrade,
    onProgress: (progress: OperationProgress) => void = () => undefined,
    signal = AbortSignal.timeout(10 * minute),
  ): Promise<PhaseAnswer> {
    return this.agent.prepare({ ...call('upgrade', seq), version, payload }, onProgress, signal);
  }

  /** Arms the other slot; the node reboots by itself. */
  async activate(
    { seq, payload, version }: Upgrade,
    prepared: PhaseAnswer,
    confirmTimeoutSeconds = 600,
    signal = AbortSignal.timeout(5 * minute),
  ): Promise<void> {
    const { slot, slotDigest } = prepared;
    const calling = this.agent.activate(
      {
        ...call('upgrade', seq),
        target: {
          version,
          payloadDigest: payload.digest,
          ...(slot === undefined ? {} : { slot }),
          ...(slotDigest === undefined ? {} : { slotDigest }),
        },
        confirmTimeoutSeconds,
      },
      signal,
    );
    await answeredOrGone(calling);
  }

  /** Keeps the slot that is on trial. */
  async confirm(type: OperationType, seq: number): Promise<PhaseAnswer> {
    const { bootId, bootedSlot, slots } = await this.status();
    if (bootedSlot === undefined) throw new Error('Nobody knows which slot is booted');
    const { slotDigest } = slots[bootedSlot];
    return this.agent.confirm(
      { ...call(type, seq), bootId, slot: bootedSlot, ...(slotDigest ? { slotDigest } : {}) },
      AbortSignal.timeout(minute),
    );
  }

  /** Arms the other slot, which has this version already; the node reboots by itself. */
  async rollback(seq: number, version: string): Promise<void> {
    const request = { ...call('rollback', seq), version, confirmTimeoutSeconds: 600 };
    await answeredOrGone(this.agent.rollback(request, AbortSignal.timeout(5 * minute)));
  }

  async dispose(): Promise<void> {
    this.agent.close();
    await this.machine.dispose();
  }
}

/**
 * The agent answers before the reboot goes on; the bridge between its socket and the network may be gone before it has
 * passed that on. What became of the call shows in the next boot.
 */
async function answeredOrGone(calling: Promise<PhaseAnswer>): Promise<void> {
  try {
    await calling;
  } catch (thrown) {
    if (!hasCode(thrown, 'AGENT_UNREACHABLE')) throw thrown;
  }
}

function call(type: OperationType, seq: number) {
  return { id: `e2e/node/${seq}`, seq, type };
}

/** What a healthy node says: which slot runs, that it is good, and its version. */
export function inShort({ bootedSlot, slots, version }: AgentStatus): string {
  const state = bootedSlot === undefined ? 'unknown' : slots[bootedSlot].state;
  return `${bootedSlot ?? 'nothing'} ${state} ${version}`;
}

/** The other one's state. */
export function slotState({ slots }: AgentStatus, slot: SlotName): string {
  return slots[slot].state;
}
