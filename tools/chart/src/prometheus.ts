/** A real Prometheus that scrapes programs on loopback, with the alerts of the chart. */
import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Component, pickPorts } from '@kubeos/control-plane';
import { KubeosError } from '@kubeos/core';
import { chartFolder } from './helm.ts';

/** How it is started. */
export interface PrometheusOptions {
  /** Becomes its own: configuration, data and log. */
  readonly folder: string;
  /** Takes a line when it ends though nobody stopped it; default none. */
  readonly log?: (line: string) => void;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/** A series with its value. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A rule that alerts, as it stands. */
export interface RuleState {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly alerts: readonly {
    readonly state: 'pending' | 'firing';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** The rules of the chart, as Prometheus reads them. */
export const alertsFile = join(chartFolder, 'files/alerts.yaml');

const readySeconds = 60;
const pollMilliseconds = 50;
const answerSeconds = 20;

/** A running Prometheus. It looks at everything each second. */
export class Prometheus {
  /** Where a person opens it. */
  readonly url: string;
  readonly #program: Component;
  readonly #targetsFile: string;
  readonly #targets = new Map<string, { readonly job: string; readonly port: number }>();

  private constructor(program: Component, port: number, targetsFile: string) {
    this.url = `http://127.0.0.1:${String(port)}`;
    this.#program = program;
    this.#targetsFile = targetsFile;
  }

  /** Starts it and waits until it answers; it scrapes nothing yet. Throws `COMMAND_FAILED` or `COMMAND_TIMEOUT`. */
  static async start({ folder, log, signal }: PrometheusOptions): Promise<Prometheus> {
    const [port = 0] = await pickPorts(1);
    const targetsFile = join(folder, 'targets.json');
    const configuration = join(folder, 'prometheus.json');
    await mkdir(folder, { recursive: true });
    await writeFile(targetsFile, '[]');
    await writeFile(configuration, configurationText(targetsFile));
    const program = await Component.start({
      name: 'prometheus',
      command: 'prometheus',
      args: [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
        '--log.level=warn',
      ],
      folder,
      onUnexpectedExit: (line) => log?.(line),
    });
    const prometheus = new Prometheus(program, port, targetsFile);
    try {
      await prometheus.#untilReady(signal);
    } catch (thrown) {
      await prometheus.stop();
      throw thrown;
    }
    return prometheus;
  }

  /** Scrapes this port of loopback from now on; it takes the place of an earlier one of the same name. */
  scrape(job: 'os-operator' | 'os-proxy', name: string, port: number): void {
    this.#targets.set(name, { job, port });
    const targets = [...this.#targets.values()].map((target) => ({
      targets: [`127.0.0.1:${String(target.port)}`],
      labels: { job: target.job },
    }));
    writeFileSync(`${this.#targetsFile}.new`, JSON.stringify(targets));
    renameSync(`${this.#targetsFile}.new`, this.#targetsFile);
  }

  /** What an expression gives now. Throws what Prometheus says of one that it does not understand. */
  async query(expression: string): Promise<readonly Series[]> {
    const { result } = (await this.#get(`query?query=${encodeURIComponent(expression)}`)) as {
      readonly result: readonly { readonly metric: Series['metric']; readonly value: unknown[] }[];
    };
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Names of all series so far. */
  async names(): Promise<ReadonlySet<string>> {
    return new Set((await this.#get('label/__name__/values')) as readonly string[]);
  }

  /** The alerts, in their order. */
  async alerts(): Promise<readonly RuleState[]> {
    const { groups } = (await this.#get('rules?type=alert')) as {
      readonly groups: readonly { readonly rules: readonly RuleState[] }[];
    };
    return groups.flatMap((group) => group.rules);
  }

  /** Ends it. Safe to call again. */
  async stop(): Promise<void> {
    // Nobody reads its data later, and asked to end while it starts it may not end for long.
    this.#program.signal('SIGKILL');
    await this.#program.stop();
  }

  async #untilReady(signal?: AbortSignal): Promise<void> {
    const deadline = performance.now() + readySeconds * 1000;
    while (!(await this.#isReady())) {
      signal?.throwIfAborted();
      const log = await this.#program.logTail();
      if (!this.#program.isRunning()) {
        throw new KubeosError('COMMAND_FAILED', `Prometheus ended while starting:\n${log}`);
      }
      if (performance.now() > deadline) {
        throw new KubeosError('COMMAND_TIMEOUT', `Prometheus was not ready in time:\n${log}`);
      }
      await delay(pollMilliseconds);
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await this.#fetch('/-/ready')).ok;
    } catch {
      // Not listening yet: the next poll asks again, until the deadline.
      return false;
    }
  }

  async #get(path: string): Promise<unknown> {
    const answer = await this.#fetch(`/api/v1/${path}`);
    const { data, error } = (await answer.json()) as { data?: unknown; error?: string };
    if (error === undefined) return data;
    throw new KubeosError('COMMAND_FAILED', `${decodeURIComponent(path)}: ${error}`);
  }

  async #fetch(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(answerSeconds * 1000) });
  }
}

/** JSON is YAML. */
function configurationText(targetsFile: string): string {
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [alertsFile],
    scrape_configs: [
      {
        job_name: 'kubeos',
        file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }],
      },
    ],
  });
}
