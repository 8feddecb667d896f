import type { ImageTools } from './tools/image-tools.ts';

/** The disk of a machine. */
export interface DiskOptions {
  /** The image: never written, unless `isWrittenInPlace`. */
  readonly file: string;
  /** Format of that file. Default: `raw`. */
  readonly format?: 'raw' | 'qcow2';
  /** Size of the disk in bytes, where it is to be larger than its image. */
  readonly sizeBytes?: number;
  /** Write the image itself instead of an overlay in the machine's folder; snapshots then need a qcow2 image. */
  readonly isWrittenInPlace?: boolean;
  /**
   * `writeback` (default) hands each flush of the guest down: what was not flushed may be lost when power is cut, what
   * was flushed is there. `unsafe` never flushes, is faster, and leaves a damaged disk after a power cut.
   */
  readonly cache?: 'writeback' | 'unsafe';
}

/** A kernel that QEMU starts itself, without firmware's or GRUB's part. */
export interface DirectKernel {
  readonly file: string;
  readonly initrd?: string;
  readonly commandLine?: string;
}

/** A machine to make. */
export interface MachineOptions {
  /** Names the machine in its folder, its log and messages. Default: `vm`. */
  readonly name?: string;
  /** Default: those of `findImageTools`. */
  readonly tools?: ImageTools;
  readonly firmware: 'uefi' | 'bios';
  readonly disk?: DiskOptions;
  /**
   * A machine of the same options that is off: this one begins with a copy of all that it has written, snapshots
   * included. Its disk must not be written in place.
   */
  readonly copyOf?: Machine;
  readonly kernel?: DirectKernel;
  /** Default: 1024. */
  readonly memoryMib?: number;
  /** Default: 2, which boots faster than 1 also where two machines share two processors. */
  readonly cpus?: number;
  /** TCP ports of the guest that this host may call on 127.0.0.1. Default: that of the agent, 9000. */
  readonly guestPorts?: readonly number[];
  /** `tcg` (default) computes every instruction and works everywhere; `kvm` needs /dev/kvm, and one that works. */
  readonly acceleration?: 'tcg' | 'kvm';
  /** Give way to whatever else runs on this host. Default: false. */
  readonly isInBackground?: boolean;
  /** More arguments of QEMU, such as those of a second device. */
  readonly extraArguments?: readonly string[];
  /** Ends the machine at once, at any moment. */
  readonly signal?: AbortSignal;
}

/** How QEMU ended, or why: its exit status, `null` where a signal ended it. */
export type QemuExit = number | null;

/** Something that QEMU tells about the machine: `RESET`, `SHUTDOWN`, `GUEST_PANICKED` ... */
export interface QemuEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a command in the guest left behind. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** How long to wait. Every wait has a deadline. */
export interface WaitOptions {
  /** Default: that of the method. */
  readonly deadlineSeconds?: number;
}

/**
 * The serial port. Its text comes without colours and cursor movements, with `\n` at the end of each line.
 *
 * All waits throw `COMMAND_TIMEOUT` after their deadline and `COMMAND_FAILED` when the machine is gone; the message has
 * the last lines that were read.
 */
export interface Console {
  /**
   * Waits for text behind all that was found before; default deadline: 120 s. A regular expression sees what has come
   * since the last match, so it must not be anchored at its end.
   */
  expect(wanted: string | RegExp, options?: WaitOptions): Promise<RegExpExecArray>;
  /** Everything behind the last match, without waiting. */
  pending(): string;
  /** The last of all that came, 4 MiB or more. */
  text(): string;
  /** Types this. */
  send(text: string): void;
  /** Logs in at the prompt of login(1), which is waited for; default deadline: 120 s. */
  login(user: string, password: string, options?: WaitOptions): Promise<void>;
  /** Waits until a shell answers on the port, as one does that was started without login; default deadline: 120 s. */
  shell(options?: WaitOptions): Promise<void>;
  /**
   * Runs a text of sh(1) in the shell that `login` or `shell` found, in a process of its own; default deadline: 60 s.
   * Neither messages of the kernel nor those of systemd disturb the result. A command that ends with another status
   * than 0 is no failure. The guest needs base64, sed, sha256sum and a folder /run that can be written.
   */
  run(command: string, options?: WaitOptions): Promise<CommandResult>;
}

/** A machine in QEMU, in one folder of its own; it may be off. */
export interface Machine {
  readonly console: Console;
  /** The overlay of the disk, variables of the firmware, log. Goes with `dispose`. */
  readonly folder: string;
  /** Ends all connections to the guest, as seen from this host. */
  endConnections(): void;
  /** Calls the listener with all bytes of the serial port from now on, as they are; gives what ends that. */
  onSerial(listener: (bytes: Uint8Array) => void): () => void;
  /** The process id of QEMU; undefined while the machine is off. */
  readonly pid: number | undefined;
  /** True while QEMU runs. */
  isOn(): boolean;
  /** The port on 127.0.0.1 behind which that one of the guest is, the same as long as the machine is there. */
  hostPort(guestPort: number): number;
  /** Switches the machine on with the disk as it is; with `snapshot` it goes on where that was saved. */
  start(options?: { readonly snapshot?: string }): Promise<void>;
  /** Kills QEMU: the cut of power. Done when it is gone. */
  powerCut(): Promise<void>;
  /** Presses the power button, waits (default: 60 s), and cuts power when that was in vain; true when it was not. */
  stop(options?: WaitOptions): Promise<boolean>;
  /** Presses the reset button. */
  reset(): Promise<void>;
  /** Waits until QEMU has ended by itself, as after poweroff(8) in the guest; default deadline: 120 s. */
  waitForExit(options?: WaitOptions): Promise<QemuExit>;
  /** Everything that QEMU has told since the machine was made. */
  readonly events: readonly QemuEvent[];
  /**
   * Waits for an event; with `after`, for one behind so many of `events`, so that none is missed between doing and
   * waiting: `const after = machine.events.length; ...; await machine.waitForEvent('RESET', { after })`. Default: the
   * next one. Default deadline: 120 s.
   */
  waitForEvent(
    name: string,
    options?: WaitOptions & { readonly after?: number },
  ): Promise<QemuEvent>;
  /** Saves memory, devices and disk under a name in the overlay of the disk, which may be done often. */
  saveSnapshot(name: string): Promise<void>;
  /**
   * Goes back to a snapshot of a machine that is on, in a new QEMU; the clock of the guest goes back too. The console
   * forgets what it has not read yet, and connections to the guest end. When it fails the machine is off.
   */
  loadSnapshot(name: string): Promise<void>;
  /** A command of the QEMU Machine Protocol. Throws `COMMAND_FAILED` with what QEMU says. */
  qmp(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /**
   * Copies all that came over the serial port, with what was done to the machine between, to where logs of failures are
   * kept (`KUBEOS_LOG_FOLDER`, else the folder of temporary files), and gives the name of that file.
   */
  keepLog(): Promise<string>;
  /** Cuts power where it is on, and removes the folder. May be called twice. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
