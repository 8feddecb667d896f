/** How the service does at one moment. */
export interface ServiceView {
  /** Pods that are Ready on a machine that is up. */
  readonly serving: number;
  /** Nodes that are not Ready or are cordoned. */
  readonly nodesOut: number;
}

/** The worst that was seen in a stretch of time. */
export interface ServiceRecord {
  /** Fewest pods that served at once. */
  readonly fewestServing: number;
  /** Most nodes that were out of service at once. */
  readonly mostNodesOut: number;
}

/** Remembers the worst of everything it is shown. */
export class ServiceWatch {
  #last: ServiceView = { serving: 0, nodesOut: 0 };
  #record: ServiceRecord | undefined;

  /** What it was shown last. */
  get last(): ServiceView {
    return this.#last;
  }

  /** The worst since `begin`, `undefined` before. */
  get record(): ServiceRecord | undefined {
    return this.#record;
  }

  /** Starts a new stretch with what it was shown last. */
  begin(): void {
    const { serving, nodesOut } = this.#last;
    this.#record = { fewestServing: serving, mostNodesOut: nodesOut };
  }

  look(view: ServiceView): void {
    this.#last = view;
    if (this.#record === undefined) return;
    this.#record = {
      fewestServing: Math.min(this.#record.fewestServing, view.serving),
      mostNodesOut: Math.max(this.#record.mostNodesOut, view.nodesOut),
    };
  }
}
