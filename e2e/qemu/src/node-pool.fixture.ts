/** Nodes that have booted once and are taken back to a moment of that for each test. */
import { availableParallelism } from 'node:os';
import type { TestImages } from './test-images.fixture.ts';
import { VmNode } from '@kubeos/vm';

/** As many as processors: a boot takes a whole one, and other tests run beside this. */
const size = availableParallelism();

/** Some nodes; whoever uses one has it alone. */
export class NodePool {
  readonly #nodes: readonly VmNode[];
  readonly #free: VmNode[];
  readonly #waiting: ((node: VmNode) => void)[] = [];

  private constructor(nodes: readonly VmNode[]) {
    this.#nodes = nodes;
    this.#free = [...nodes];
  }

  /** Boots a node and brings it to the moments that it saves as snapshots; the others are copies of it. */
  static async open(
    images: TestImages,
    name: string,
    bring: (node: VmNode) => Promise<void>,
  ): Promise<NodePool> {
    const first = await VmNode.boot({ ...images, name, isInBackground: true });
    const nodes = [first];
    try {
      await bring(first);
      await first.machine.powerCut();
      while (nodes.length < size) nodes.push(await first.copy());
    } catch (error) {
      for (const node of nodes) await node.dispose();
      throw error;
    }
    return new NodePool(nodes);
  }

  /** Lends a node as it was at a moment. A failure names what its serial port said. */
  async use<T>(snapshot: string, work: (node: VmNode) => Promise<T>): Promise<T> {
    const node = this.#free.pop() ?? (await this.#nextFree());
    try {
      if (node.machine.isOn()) await node.machine.loadSnapshot(snapshot);
      else await node.machine.start({ snapshot });
      return await work(node);
    } catch (cause) {
      const log = await node.machine.keepLog();
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${problem}\nThe serial port of the node is in ${log}`, { cause });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(node);
      else next(node);
    }
  }

  #nextFree(): Promise<VmNode> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    for (const node of this.#nodes) await node.dispose();
  }
}
