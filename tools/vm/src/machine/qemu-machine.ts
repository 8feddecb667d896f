import { appendFileSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { hasCode, KubeosError } from '@kubeos/core';

import type { Machine, MachineOptions, QemuEvent, QemuExit, WaitOptions } from '../contract.ts';
import { SerialConsole } from '../serial/serial-console.ts';
import type { ImageTools } from '../tools/image-tools.ts';
import { within } from '../within.ts';
import type { GuestPorts } from './guest-ports.ts';
import { forwardedPorts, qemuArguments, type MachineFiles } from './qemu-arguments.ts';
import { QemuProcess } from './qemu-process.ts';
import { Qmp } from './qmp.ts';

/** What a machine is made of. */
export interface MachineParts {
  readonly options: MachineOptions;
  readonly tools: ImageTools;
  readonly folder: string;
  readonly files: MachineFiles;
  readonly ports: GuestPorts;
}

interface Running {
  readonly qemu: QemuProcess;
  readonly qmp: Qmp;
}

/** Its log, in its folder; to be made with that. */
export const logName = 'serial.log';

const bootSeconds = 120;
const powerOffSeconds = 60;
const quitSeconds = 30;

/** A machine whose files are there already. */
export class QemuMachine implements Machine {
  readonly console: SerialConsole;
  readonly events: QemuEvent[] = [];
  readonly folder: string;
  readonly #parts: MachineParts;
  readonly #log: string;
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #running: Running | undefined;
  #closed: Promise<void> | undefined;
  /** The last QEMU, also when it has ended. */
  #exited: Promise<QemuExit> | undefined;

  constructor(parts: MachineParts) {
    const { folder } = parts;
    this.#parts = parts;
    this.folder = folder;
    this.#log = join(folder, logName);
    this.console = new SerialConsole({
      write: (text) => void this.#on().qemu.serial.write(text),
      note: (text) => this.#note(text),
    });
  }

  get pid(): number | undefined {
    return this.#running?.qemu.pid;
  }

  onSerial(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  isOn(): boolean {
    return this.#running !== undefined;
  }

  hostPort(guestPort: number): number {
    return this.#parts.ports.hostPort(guestPort);
  }

  endConnections(): void {
    this.#parts.ports.endConnections();
  }

  async start({ snapshot }: { readonly snapshot?: string } = {}): Promise<void> {
    if (this.isOn()) throw new KubeosError('BUG', 'The machine is on already');
    this.#parts.options.signal?.throwIfAborted();
    const { qemu, qmp } = await this.#startQemu();
    if (snapshot === undefined) this.#note('power on');
    else {
      try {
        await this.#command(`loadvm ${snapshot}`);
      } catch (error) {
        await qemu.kill();
        throw error;
      }
      this.console.forget();
    }
    await qmp.execute('cont');
  }

  async powerCut(): Promise<void> {
    if (this.#running === undefined) return;
    this.#note('power cut');
    await this.#running.qemu.kill();
  }

  async stop({ deadlineSeconds = powerOffSeconds }: WaitOptions = {}): Promise<boolean> {
    if (this.#running === undefined) return true;
    this.#note('power button');
    try {
      await this.qmp('system_powerdown');
      await this.waitForExit({ deadlineSeconds });
      return true;
    } catch (error) {
      // It may have ended before it answered, or not at all.
      if (!hasCode(error, 'COMMAND_TIMEOUT') && !hasCode(error, 'COMMAND_FAILED')) throw error;
      const hasEnded = !this.isOn();
      await this.powerCut();
      return hasEnded;
    }
  }

  async reset(): Promise<void> {
    this.#note('reset button');
    await this.qmp('system_reset');
  }

  async waitForExit({ deadlineSeconds = bootSeconds }: WaitOptions = {}): Promise<QemuExit> {
    if (this.#exited === undefined) throw new KubeosError('BUG', 'The machine was never on');
    return within(deadlineSeconds, 'Waiting for the end of QEMU', this.#exited);
  }

  async waitForEvent(
    name: string,
    options: WaitOptions & { readonly after?: number } = {},
  ): Promise<QemuEvent> {
    const { deadlineSeconds = bootSeconds, after = this.events.length } = options;
    const found = Promise.withResolvers<QemuEvent>();
    const look = (): void => {
      const event = this.events.slice(after).find((one) => one.event === name);
      if (event !== undefined) found.resolve(event);
      else if (!this.isOn()) {
        found.reject(new KubeosError('COMMAND_FAILED', `No event ${name}: the machine is off`));
      }
    };
    this.#waiting.add(look);
    try {
      look();
      return await within(deadlineSeconds, `Waiting for the event ${name}`, found.promise);
    } finally {
      this.#waiting.delete(look);
    }
  }

  async saveSnapshot(name: string): Promise<void> {
    await this.#command(`savevm ${name}`);
  }

  async loadSnapshot(name: string): Promise<void> {
    const { qemu, qmp } = this.#on();
    // A QEMU that computes every instruction never lets the processor's counter of time go back: in the same one the
    // guest would see time leap by all that has passed since, and its watchdogs would take that for a hang.
    await qmp.execute('quit').catch(() => undefined);
    await within(quitSeconds, 'Waiting for the end of QEMU', qemu.exited).catch(() => qemu.kill());
    await this.start({ snapshot: name });
  }

  async qmp(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#on().qmp.execute(command, args);
  }

  async keepLog(): Promise<string> {
    // A caller that clears the folder of temporary files away names another one.
    const kept = process.env['KUBEOS_LOG_FOLDER'] ?? tmpdir();
    const file = join(kept, `kubeos-${basename(this.folder)}.log`);
    await copyFile(this.#log, file);
    return file;
  }

  async dispose(): Promise<void> {
    await this.powerCut();
    this.#closed ??= this.#parts.ports.close();
    await this.#closed;
    await rm(this.folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #on(): Running {
    if (this.#running !== undefined) return this.#running;
    throw new KubeosError('COMMAND_FAILED', 'The machine is off');
  }

  // The monitor for people says what is wrong, and else nothing.
  async #command(line: string): Promise<void> {
    const said = await this.#on().qmp.monitor(line);
    if (said !== '') throw new KubeosError('COMMAND_FAILED', `QEMU: ${line}: ${said}`);
    this.#note(line);
  }

  async #startQemu(): Promise<Running> {
    const { options, tools, files, ports } = this.#parts;
    const args = qemuArguments(options, files, ports.guestPorts);
    const qemu = await QemuProcess.start(tools.qemu, args, options.isInBackground);
    const qmp = new Qmp(qemu.control, (event) => this.#tell(event));
    const running = { qemu, qmp };
    this.#running = running;
    this.#exited = qemu.exited;
    this.console.begin();
    this.#follow(running);
    try {
      await qmp.execute('qmp_capabilities');
      ports.leadTo(forwardedPorts(await qmp.monitor('info usernet')));
      return running;
    } catch (cause) {
      await qemu.kill();
      const said = qemu.errors();
      throw new KubeosError('COMMAND_FAILED', `QEMU does not start: ${said}`, { cause });
    }
  }

  #follow({ qemu }: Running): void {
    const { signal } = this.#parts.options;
    const kill = (): void => void qemu.kill();
    signal?.addEventListener('abort', kill);
    if (signal?.aborted === true) kill();
    qemu.serial.on('data', (bytes: Buffer) => {
      appendFileSync(this.#log, bytes);
      this.console.push(bytes);
      for (const listener of this.#listeners) listener(bytes);
    });
    // A killed QEMU resets the connection.
    qemu.serial.on('error', () => undefined);
    void qemu.exited.then((code) => {
      signal?.removeEventListener('abort', kill);
      this.#running = undefined;
      this.#parts.ports.leadTo(new Map());
      const how = code === null ? 'was killed' : `ended with status ${code}`;
      const reason = [`QEMU ${how}`, qemu.errors()].filter((part) => part !== '').join(': ');
      this.#note(reason);
      this.console.end(reason);
      this.#wake();
    });
  }

  #tell(event: QemuEvent): void {
    this.events.push(event);
    this.#note(`event ${event.event} ${JSON.stringify(event.data)}`);
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  #note(text: string): void {
    const lines = text.trimEnd().split('\n');
    appendFileSync(this.#log, `\n${lines.map((line) => `>>> ${line}\n`).join('')}`);
  }
}
