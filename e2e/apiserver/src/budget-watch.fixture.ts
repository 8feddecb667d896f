import type { NodeView } from '@kubeos/core';

/** Remembers the most nodes that were out of service at once: not Ready, cordoned, or gone. */
export class BudgetWatch {
  readonly #names: readonly string[];
  readonly #nodeOf: (name: string) => NodeView | undefined;
  #most: readonly string[] = [];

  constructor(names: readonly string[], nodeOf: (name: string) => NodeView | undefined) {
    this.#names = names;
    this.#nodeOf = nodeOf;
  }

  /** The names of the most nodes that were out at once. */
  get most(): readonly string[] {
    return this.#most;
  }

  look(): void {
    const out = this.#names.filter((name) => {
      const node = this.#nodeOf(name);
      return node === undefined || !node.ready || node.unschedulable;
    });
    if (out.length > this.#most.length) this.#most = out;
  }
}
