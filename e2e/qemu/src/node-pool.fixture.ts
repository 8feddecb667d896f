/** Nodes that have booted once and are taken back to a moment of that for each test. */
import type { TestImages } from './test-images.fixture.ts';
import { VmNode } from '@kubeos/vm';

/** As many as there are processors here that boot at a time: each takes a whole one. */
const size = 2;

/** Some nodes; whoever uses one has it alone. */
export class NodePool {
  readonly #nodes: readonly VmNode[];
  readonly #free: VmNode[];
  readonly #waiting: ((node: VmNode) => void)[] = [];

  private constructor(nodes: readonly VmNode[]) {
    this.#nodes = nodes;
    this.#free = [...nodes];
  }

  /** Boots the nodes and brings each to the moments that it saves as snapshots. */
  static async open(
    images: TestImages,
    name: string,
    bring: (node: VmNode) => Promise<void>,
  ): Promise<NodePool> {
    const boots = Array.from({ length: size }, async (_, index) => {
      const node = await VmNode.boot({ ...images, name: `${name}-${index}` });
      await bring(node);
      return node;
    });
    return new NodePool(await Promise.all(boots));
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
