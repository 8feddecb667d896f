import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { KubeosError } from '@kubeos/core';

/** One program to start. */
export interface ComponentOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Home and working folder of the program; its output goes to `<name>.log` there, and a restart appends. */
  readonly folder: string;
  /** Its environment beside `PATH` and `HOME`; wins over both. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called when the program ends though nobody stopped it. */
  readonly onUnexpectedExit: (line: string) => void;
}

const stopSeconds = 15;
const shownLogCharacters = 2000;

/**
 * A program that runs as long as we do.
 *
 * It runs in a session of its own, so that Ctrl-C in a terminal reaches only us and the order of stopping stays ours;
 * and it asks the kernel to be killed when we die, however we die (PR_SET_PDEATHSIG, prctl(2)).
 */
export class Component {
  readonly name: string;
  readonly #logFile: string;
  readonly #child: ChildProcess;
  /** The exit status once the program is gone, `null` when a signal ended it. */
  readonly exited: Promise<number | null>;
  #stopping = false;

  private constructor(options: ComponentOptions, child: ChildProcess) {
    this.name = options.name;
    this.#logFile = logFileOf(options);
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        const how = signal === null ? `status ${String(code)}` : `signal ${signal}`;
        if (!this.#stopping) options.onUnexpectedExit(`${options.name} ended with ${how}`);
        resolve(code);
      });
    });
  }

  /** Starts the program; throws `COMMAND_FAILED` when it cannot be started at all. */
  static async start(options: ComponentOptions): Promise<Component> {
    const log = await open(logFileOf(options), 'a', 0o600);
    try {
      const args = ['--pdeathsig', 'KILL', '--', options.command, ...options.args];
      const child = spawn('setpriv', args, {
        cwd: options.folder,
        env: { PATH: process.env['PATH'], HOME: options.folder, ...options.env },
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      });
      await once(child, 'spawn');
      return new Component(options, child);
    } catch (cause) {
      throw new KubeosError('COMMAND_FAILED', `Cannot start ${options.name} with setpriv`, {
        cause,
      });
    } finally {
      await log.close();
    }
  }

  /** The id of the program's process. */
  get pid(): number {
    // Known since the start, which throws where there is none.
    return this.#child.pid ?? 0;
  }

  /** True while the program runs. */
  isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends a signal: a crash, or a pause and its end. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The end of the log, for an error message. */
  async logTail(): Promise<string> {
    return (await readFile(this.#logFile, 'utf8')).slice(-shownLogCharacters);
  }

  /** Asks the program to end, waits for it, and kills it when it takes longer than 15 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.isRunning()) return;
    this.#child.kill('SIGTERM');
    const timer = new AbortController();
    try {
      await Promise.race([
        this.exited,
        delay(stopSeconds * 1000, undefined, { signal: timer.signal }),
      ]);
    } finally {
      timer.abort();
    }
    if (this.isRunning()) this.#child.kill('SIGKILL');
    await this.exited;
  }
}

function logFileOf(options: ComponentOptions): string {
  return join(options.folder, `${options.name}.log`);
}
