/** kubectl with the plugin on its PATH, as a person runs it. */
import { spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ControlPlane } from '@kubeos/control-plane';

const program = resolve(import.meta.dirname, '../../../apps/kubectl-kubeos/dist/kubectl-kubeos');
const { NODE_OPTIONS: _forJest, ...environment } = process.env;
const seconds = 60;

/** What a program said. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program as Ctrl-C does. */
  readonly signal?: AbortSignal;
}

/** kubectl of a control plane, which finds the plugin. */
export class Plugin {
  readonly #plane: ControlPlane;
  readonly #folder: string;

  private constructor(plane: ControlPlane, folder: string) {
    this.#plane = plane;
    this.#folder = folder;
  }

  /** Puts the plugin, and the program that kubectl asks for words, into a folder of the control plane. */
  static async install(plane: ControlPlane): Promise<Plugin> {
    const folder = join(plane.folder, 'plugins');
    await mkdir(folder);
    await symlink(program, join(folder, 'kubectl-kubeos'));
    const plugin = new Plugin(plane, folder);
    const { stdout } = await plugin.kubeos('completion');
    await writeFile(join(folder, 'kubectl_complete-kubeos'), stdout, { mode: 0o755 });
    return plugin;
  }

  /** Runs `kubectl kubeos`. */
  async kubeos(...args: readonly string[]): Promise<Said> {
    return this.kubectl(['kubeos', ...args]);
  }

  /** Runs `kubectl kubeos` and reads what it says as JSON; fails when it failed. */
  async json<T>(args: readonly string[], input?: string): Promise<T> {
    const said = await this.kubectl(
      ['kubeos', ...args, '-o', 'json'],
      input === undefined ? {} : { input },
    );
    if (said.status !== 0) throw new Error(`kubectl kubeos ${args.join(' ')}: ${said.stderr}`);
    return JSON.parse(said.stdout) as T;
  }

  /** Runs kubectl. */
  async kubectl(args: readonly string[], options: RunOptions = {}): Promise<Said> {
    const path = [this.#folder, dirname(process.execPath), environment['PATH'] ?? ''];
    const child = spawn(this.#plane.kubectl, args, {
      env: {
        ...environment,
        PATH: path.join(delimiter),
        KUBECONFIG: this.#plane.kubeconfig,
        ...options.env,
      },
      timeout: seconds * 1000,
    });
    options.signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    const ended = new Promise<number | null>((resolve_, reject) => {
      child.on('error', reject);
      child.on('close', resolve_);
    });
    // Who reads no input may have ended before that is closed; what it says and its status tell the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { status: await ended, stdout, stderr };
  }
}
