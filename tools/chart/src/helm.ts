/** The real helm, on the chart of this repository. */
import { join, resolve } from 'node:path';
import { ensureBinaries } from '@kubeos/control-plane';
import { exec } from '@kubeos/host';
import { objectsOf, type ChartObject } from './objects.ts';

/** Folder of the chart. */
export const chartFolder = resolve(import.meta.dirname, '../../../charts/kubeos');
/** What the documents call the release. */
export const releaseName = 'kubeos';
/** Where the documents install it. */
export const releaseNamespace = 'kubeos-system';

const helmSeconds = 600;

/** Values by their path, as `--set-json` takes them. */
export type Values = Readonly<Record<string, unknown>>;

/** Helm with folders of its own, so that nothing of this machine's user takes part. */
export class Helm {
  readonly #program: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(program: string, folder: string, kubeconfig: string) {
    this.#program = program;
    this.#env = {
      HOME: folder,
      KUBECONFIG: kubeconfig,
      HELM_CACHE_HOME: join(folder, 'helm/cache'),
      HELM_CONFIG_HOME: join(folder, 'helm/config'),
      HELM_DATA_HOME: join(folder, 'helm/data'),
    };
  }

  /**
   * Finds helm, or builds it the first time.
   *
   * @param place where it may leave files, and the cluster that it speaks to; a kubeconfig is not needed to render
   * @param log takes progress lines of the build
   * @param signal ends the build
   */
  static async find(
    place: { readonly folder: string; readonly kubeconfig?: string },
    log?: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<Helm> {
    const { helm = 'helm' } = await ensureBinaries(['helm'], log, signal);
    return new Helm(helm, place.folder, place.kubeconfig ?? '/dev/null');
  }

  /** Path of the program. */
  get program(): string {
    return this.#program;
  }

  /** Runs helm and gives its output. Throws `COMMAND_FAILED` with its last line and, in `details.stderr`, all it said. */
  async run(args: readonly string[], signal?: AbortSignal): Promise<string> {
    const result = await exec(this.#program, args, {
      env: this.#env,
      timeoutMs: helmSeconds * 1000,
      ...(signal === undefined ? {} : { signal }),
    });
    return result.stdout;
  }

  /** What the chart makes of these values, hooks included. */
  async render(values: Values = {}): Promise<readonly ChartObject[]> {
    const args = ['template', releaseName, chartFolder, `--namespace=${releaseNamespace}`];
    return objectsOf(await this.run([...args, ...setters(values)]));
  }

  /** Installs the chart as the documents do. Returns when its objects are made; no kubelet runs its pods. */
  async install(values: Values = {}, signal?: AbortSignal): Promise<void> {
    const place = [`--namespace=${releaseNamespace}`, '--create-namespace'];
    await this.run(['install', releaseName, chartFolder, ...place, ...setters(values)], signal);
  }
}

/** Values as arguments of helm. */
export function setters(values: Values): readonly string[] {
  return Object.entries(values).flatMap(([path, value]) => [
    '--set-json',
    `${path}=${JSON.stringify(value)}`,
  ]);
}
