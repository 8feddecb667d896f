/** The operator as a process of its own, from source. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { operatorAccount } from '@kubeos/chart';
import { Component, type ControlPlane } from '@kubeos/control-plane';
import { until } from './until.fixture.ts';

const main = resolve(import.meta.dirname, '../../../apps/operator/src/main.ts');

/** One line of its log. */
export interface LogLine {
  /** As pino counts: 40 warns, 50 is an error. */
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A running operator, or one that has ended. */
export class OperatorProgram {
  /** The first part of the identity under which it holds the Lease. */
  readonly name: string;
  readonly #program: Component;
  readonly #logFile: string;
  #port = 0;

  private constructor(name: string, program: Component, folder: string) {
    this.name = name;
    this.#program = program;
    this.#logFile = join(folder, `${name}.log`);
  }

  /** Starts it in a time zone and waits until it serves its endpoints; names are used once. */
  static async start(
    { folder }: ControlPlane,
    kubeconfig: string,
    name: string,
    timeZone = 'UTC',
  ): Promise<OperatorProgram> {
    const namespace = `--namespace=${operatorAccount.namespace}`;
    const options = [`--kubeconfig=${kubeconfig}`, namespace, `--identity=${name}`];
    const program = await Component.start({
      name,
      command: process.execPath,
      args: ['--conditions=@kubeos/source', main, ...options, '--listen=127.0.0.1:0'],
      folder,
      env: { TZ: timeZone },
      onUnexpectedExit: () => undefined,
    });
    const operator = new OperatorProgram(name, program, folder);
    await until(`${name} to serve`, async () => {
      const line = (await operator.log()).find(({ msg }) => msg === 'Serving');
      operator.#port = Number(line?.['port'] ?? 0);
      return operator.#port > 0;
    });
    return operator;
  }

  /** Of its endpoints, on loopback. */
  get port(): number {
    return this.#port;
  }

  isRunning(): boolean {
    return this.#program.isRunning();
  }

  /** What it wrote so far. */
  async log(): Promise<readonly LogLine[]> {
    const text = await readFile(this.#logFile, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogLine]));
  }

  /** Status and text of one of its endpoints. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(`http://127.0.0.1:${String(this.#port)}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  /** Says of itself that it leads. */
  async leads(): Promise<boolean> {
    return /^kubeos_leading 1$/mu.test((await this.get('/metrics')).text);
  }

  /** Sends a signal, as a person or the kernel does. */
  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal);
  }

  /** Kills it where it stands. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#program.exited;
  }

  /** Ends it in order; gives its exit status. */
  async stop(): Promise<number | null> {
    await this.#program.stop();
    return this.#program.exited;
  }
}
