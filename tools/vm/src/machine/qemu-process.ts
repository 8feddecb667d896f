import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Duplex } from 'node:stream';

import { KubeosError } from '@kubeos/core';
import { errnoOf } from '@kubeos/host';

import type { QemuExit } from '../contract.ts';
import { descriptors } from './qemu-arguments.ts';

const keptErrors = 4096;
/** Priority of a machine in the background: a quarter of a processor that somebody else wants, too. */
const backgroundNice = 5;

/**
 * A running QEMU. It leads a session of its own, so that Ctrl-C in a terminal reaches only us, and it asks the kernel to
 * be killed when we die, however we die (PR_SET_PDEATHSIG, prctl(2)).
 */
export class QemuProcess {
  /** How it ended, once it has. */
  readonly exited: Promise<QemuExit>;
  readonly control: Duplex;
  readonly serial: Duplex;
  readonly #child: ChildProcess;
  #errors = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.control = pipe(child, descriptors.control);
    this.serial = pipe(child, descriptors.serial);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrors);
    });
    this.exited = new Promise((resolve) => child.once('close', resolve));
  }

  /** Starts it; throws `COMMAND_FAILED` when that is impossible. */
  static async start(
    qemu: string,
    args: readonly string[],
    isInBackground = false,
  ): Promise<QemuProcess> {
    const nice = String(isInBackground ? backgroundNice : 0);
    const command = ['-n', nice, 'setpriv', '--pdeathsig', 'KILL', '--', qemu, ...args];
    const child = spawn('nice', command, {
      detached: true,
      // The last two are connections in both directions, over which QEMU is reached without a name.
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    try {
      await once(child, 'spawn');
    } catch (cause) {
      throw new KubeosError('COMMAND_FAILED', 'Cannot start QEMU with nice', { cause });
    }
    const started = new QemuProcess(child);
    if (isInBackground) await giveSessionWay(started.pid);
    return started;
  }

  get pid(): number {
    // Known since the start, which throws where there is none.
    return this.#child.pid ?? 0;
  }

  isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it complained about last. */
  errors(): string {
    return this.#errors.trim();
  }

  /** Kills it, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }
}

/** Between sessions the kernel may count their own priority alone, sched(7), "The autogroup feature". */
async function giveSessionWay(pid: number): Promise<void> {
  try {
    await writeFile(`/proc/${pid}/autogroup`, String(backgroundNice));
  } catch (error) {
    // Without that feature, and when it has ended already.
    if (!['ENOENT', 'ESRCH'].includes(errnoOf(error) ?? '')) throw error;
  }
}

function pipe(child: ChildProcess, descriptor: number): Duplex {
  const stream = child.stdio[descriptor];
  if (stream instanceof Duplex) return stream;
  throw new KubeosError('BUG', `Descriptor ${descriptor} of QEMU is not open`);
}
