import {
  bootStep,
  parseBootBlock,
  type BootWhy,
  type SlotName,
  type SlotState,
} from '@kubeos/core';
import type { Random } from '../engine/random.ts';
import type { CancelEvent, Scheduler } from '../engine/scheduler.ts';
import { loadableImage, type Disk } from './disk.ts';
import type { ImageModel } from './images.ts';

/** How long the stages of a restart take, in milliseconds. */
export interface MachineDurations {
  /** From the order to reboot until the power is reset. */
  readonly shutdownMs: number;
  /** From the reset until a kernel runs. */
  readonly loaderMs: number;
  /** From the kernel until os-agent can run. */
  readonly startMs: number;
  /** From a kernel that panics or hangs until its watchdog resets the machine. */
  readonly watchdogMs: number;
}

/** One boot of the machine, from kernel to reset. */
export interface Session {
  readonly bootId: string;
  readonly slot: SlotName;
  readonly why: BootWhy;
  readonly image: ImageModel;
  readonly startedMs: number;
  /** True from the order to reboot on. */
  rebooting: boolean;
  /** True once os-agent can run. */
  reached: boolean;
  /** Parameters below `/proc/sys`, as the kernel prints them. */
  readonly kernel: Map<string, string>;
}

/** Who orders a reboot. */
export type RebootOrigin = 'agent' | 'unit' | 'person';

/** What happens around a machine; all of it at the moment it happens. */
export interface MachineWatch {
  /** The boot loader chose; `undefined` when nothing can be loaded. */
  loaded(session: Session | undefined): void;
  /** os-agent can run. */
  reached(session: Session): void;
  /** The reboot of this boot was ordered, for the first time. */
  rebootOrdered(session: Session, by: RebootOrigin): void;
  /** The power is about to fail: what is not flushed yet is at its mercy. */
  powerFails(): void;
  /** Everything that ran on the machine is gone. */
  ended(session: Session): void;
}

/** What a machine is built from. */
export interface MachineDeps {
  readonly name: string;
  readonly disk: Disk;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Asked at every restart. */
  readonly durations: () => MachineDurations;
  readonly watch: MachineWatch;
  /** Whether `save_env` of the boot loader reaches the disk; asked at every boot. */
  readonly saveWorks: () => boolean;
}

/** A machine that finds nothing to boot looks again after this time, as firmware does. */
const firmwareRetryMs = 60_000;

/** Power, boot loader and kernel of one node. */
export class Machine {
  private readonly deps: MachineDeps;
  private current: Session | undefined;
  private next: CancelEvent | undefined;
  private boots = 0;
  private manualSlot: SlotName | undefined;

  constructor(deps: MachineDeps) {
    this.deps = deps;
  }

  /** The running boot; `undefined` between reset and kernel. */
  get session(): Session | undefined {
    return this.current;
  }

  /** Comes up at once, as a node that has been running for long. */
  startRunning(slot: SlotName, image: ImageModel): Session {
    const session = this.begin({ slot, why: 'good', image });
    session.reached = true;
    return session;
  }

  /** An orderly reboot was ordered; repeating it changes nothing. */
  orderReboot(by: RebootOrigin): void {
    const session = this.current;
    if (session === undefined || session.rebooting) return;
    session.rebooting = true;
    this.deps.watch.rebootOrdered(session, by);
    this.later(this.deps.durations().shutdownMs, () => this.reset(0));
  }

  /** The power fails and comes back. */
  cutPower(offMs: number): void {
    this.deps.watch.powerFails();
    this.deps.disk.losePower(this.deps.random);
    this.reset(offMs);
  }

  /** A person chooses a slot in the boot menu: the power is cycled and the counters are passed by. */
  bootByHand(slot: SlotName): void {
    this.manualSlot = slot;
    this.cutPower(0);
  }

  private reset(offMs: number): void {
    const session = this.current;
    this.current = undefined;
    if (session !== undefined) this.deps.watch.ended(session);
    this.later(offMs + this.deps.durations().loaderMs, () => this.load());
  }

  private load(): void {
    const choice = this.choose();
    const image =
      choice === undefined ? undefined : loadableImage(this.deps.disk.slot(choice.slot));
    if (choice === undefined || image === undefined) {
      this.deps.watch.loaded(undefined);
      this.later(firmwareRetryMs, () => this.load());
      return;
    }
    const session = this.begin({ ...choice, image });
    this.deps.watch.loaded(session);
    if (image.reach === 'agent' || image.reach === 'brokenAgent') {
      this.later(this.deps.durations().startMs, () => this.reach(session));
    } else {
      this.later(this.deps.durations().watchdogMs, () => this.reset(0));
    }
  }

  /** The boot loader's choice, by the very function that says what GRUB does. */
  private choose(): { readonly slot: SlotName; readonly why: BootWhy } | undefined {
    const { disk } = this.deps;
    const loadable = {
      A: loadableImage(disk.slot('A')) !== undefined,
      B: loadableImage(disk.slot('B')) !== undefined,
    };
    const byHand = this.manualSlot;
    this.manualSlot = undefined;
    if (byHand !== undefined && loadable[byHand]) return { slot: byHand, why: 'manual' };
    const saveOk = this.deps.saveWorks();
    const step = bootStep(disk.bootBlock, { saveOk, loadable });
    if (saveOk && step.block !== disk.bootBlock) disk.replaceBootBlock(step.block);
    return step.slot === undefined ? undefined : { slot: step.slot, why: step.why };
  }

  private begin(choice: Pick<Session, 'slot' | 'why' | 'image'>): Session {
    this.boots += 1;
    const session: Session = {
      ...choice,
      bootId: `${this.deps.name}-boot-${String(this.boots)}`,
      startedMs: this.deps.scheduler.now,
      rebooting: false,
      reached: false,
      kernel: new Map([['vm/swappiness', '60\n']]),
    };
    this.current = session;
    return session;
  }

  private reach(session: Session): void {
    session.reached = true;
    this.deps.watch.reached(session);
  }

  /** A machine has one next stage; a reset takes its place. */
  private later(delayMs: number, fire: () => void): void {
    this.next?.();
    this.next = this.deps.scheduler.after(delayMs, fire);
  }
}

/** True while the boot sector says that this slot is on trial. */
export function isOnTrial(disk: Disk, slot: SlotName): boolean {
  return stateOf(disk, slot) === 'trial';
}

/** True while the boot sector says that this slot is confirmed. */
export function isGood(disk: Disk, slot: SlotName): boolean {
  return stateOf(disk, slot) === 'good';
}

function stateOf(disk: Disk, slot: SlotName): SlotState | undefined {
  const block = parseBootBlock(disk.bootBlock);
  return block.kind === 'ok' ? block.vars.slots[slot] : undefined;
}
