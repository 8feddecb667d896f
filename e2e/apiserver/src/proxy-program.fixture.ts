/** The proxy as a process of its own, from source. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Component, type ControlPlane } from '@kubeos/control-plane';
import type { AgentStatus } from '@kubeos/core';
import { until } from './until.fixture.ts';

const main = resolve(import.meta.dirname, '../../../apps/proxy/src/main.ts');

/** A running proxy beside an agent of which there is nothing but its snapshot. */
export class ProxyProgram {
  readonly #program: Component;
  readonly #logFile: string;
  readonly #runFolder: string;

  private constructor(program: Component, folder: string, node: string) {
    this.#program = program;
    this.#logFile = join(folder, `proxy-${node}.log`);
    this.#runFolder = join(folder, node);
  }

  /** Starts the proxy of a node; one at a time for each node. */
  static async start(
    { folder }: ControlPlane,
    kubeconfig: string,
    node: string,
    nodeUid: string,
  ): Promise<ProxyProgram> {
    const socket = join(folder, node, 'os-agent.sock');
    const program = await Component.start({
      name: `proxy-${node}`,
      command: process.execPath,
      args: [
        '--conditions=@kubeos/source',
        main,
        `--kubeconfig=${kubeconfig}`,
        `--node-uid=${nodeUid}`,
        `--agent-socket=${socket}`,
        '--listen=127.0.0.1:0',
      ],
      folder,
      env: { NODE_NAME: node },
      onUnexpectedExit: () => undefined,
    });
    return new ProxyProgram(program, folder, node);
  }

  /** Publishes a snapshot as the agent does. */
  async publish(status: AgentStatus): Promise<void> {
    await mkdir(this.#runFolder, { recursive: true });
    const path = join(this.#runFolder, 'status.json');
    await writeFile(`${path}.new`, JSON.stringify(status));
    await rename(`${path}.new`, path);
  }

  /** The messages it wrote so far. */
  async messages(): Promise<readonly string[]> {
    const text = await readFile(this.#logFile, 'utf8');
    return [...text.matchAll(/"msg":"([^"]*)"/g)].map(([, message]) => message ?? '');
  }

  /** The text of one of its endpoints. */
  async get(path: string): Promise<string> {
    let port: string | undefined;
    await until('the proxy to serve', async () => {
      port = /"port":(\d+)/.exec(await readFile(this.#logFile, 'utf8'))?.[1];
      return port !== undefined;
    });
    return (await fetch(`http://127.0.0.1:${String(port)}${path}`)).text();
  }

  /** Ends it in order; gives its exit status. */
  async stop(): Promise<number | null> {
    await this.#program.stop();
    return this.#program.exited;
  }
}
