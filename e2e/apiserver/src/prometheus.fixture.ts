/** A real Prometheus that scrapes the programs of a scene, with the alerts of the chart. */
import { rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Component, pickPorts, type ControlPlane } from '@kubeos/control-plane';
import { until } from './until.fixture.ts';

const rules = resolve(import.meta.dirname, '../../../charts/kubeos/files/alerts.yaml');

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

/** A running Prometheus. */
export class Prometheus {
  readonly #program: Component;
  readonly #base: string;
  readonly #targetsFile: string;
  readonly #targets = new Map<string, { readonly job: string; readonly port: number }>();
  #writing = Promise.resolve();

  private constructor(program: Component, port: number, targetsFile: string) {
    this.#program = program;
    this.#base = `http://127.0.0.1:${String(port)}`;
    this.#targetsFile = targetsFile;
  }

  /** Starts it in the folder of a control plane and waits until it answers; it scrapes nothing yet. */
  static async start({ folder }: ControlPlane): Promise<Prometheus> {
    const [port = 0] = await pickPorts(1);
    const targetsFile = join(folder, 'targets.json');
    const configuration = join(folder, 'prometheus.json');
    await writeFile(targetsFile, '[]');
    await writeFile(
      configuration,
      // JSON is YAML.
      JSON.stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: [rules],
        scrape_configs: [
          {
            job_name: 'kubeos',
            file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }],
          },
        ],
      }),
    );
    const program = await Component.start({
      name: 'prometheus',
      command: 'prometheus',
      args: [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
        '--log.level=warn',
      ],
      folder,
      onUnexpectedExit: () => undefined,
    });
    const prometheus = new Prometheus(program, port, targetsFile);
    await until('Prometheus to be ready', () => prometheus.#isReady(), {
      instead: () => program.logTail(),
    });
    return prometheus;
  }

  /** Scrapes this port of loopback from now on; it takes the place of an earlier one of the same name. */
  scrape(job: 'os-operator' | 'os-proxy', name: string, port: number): void {
    this.#targets.set(name, { job, port });
    const text = JSON.stringify(
      [...this.#targets.values()].map((target) => ({
        targets: [`127.0.0.1:${String(target.port)}`],
        labels: { job: target.job },
      })),
    );
    this.#writing = this.#writing.then(async () => {
      await writeFile(`${this.#targetsFile}.new`, text);
      await rename(`${this.#targetsFile}.new`, this.#targetsFile);
    });
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

  async stop(): Promise<void> {
    await this.#writing;
    await this.#program.stop();
  }

  async #isReady(): Promise<boolean> {
    if (!this.#program.isRunning()) throw new Error(await this.#program.logTail());
    try {
      return (await fetch(`${this.#base}/-/ready`)).ok;
    } catch {
      return false;
    }
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#base}/api/v1/${path}`);
    const { data, error } = (await answer.json()) as { data?: unknown; error?: string };
    if (error !== undefined) throw new Error(`${decodeURIComponent(path)}: ${error}`);
    return data;
  }
}
