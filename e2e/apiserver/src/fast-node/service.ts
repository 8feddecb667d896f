/** Something that runs until it is stopped. */
export class Service {
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;

  constructor(run: (signal: AbortSignal) => Promise<void>) {
    this.#ended = run(this.#abort.signal);
  }

  /** Tells it to end and waits until it did; fails with what it failed with. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }
}
