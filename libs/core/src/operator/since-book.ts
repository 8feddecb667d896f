/**
 * First-seen times, on the leader's monotonic clock. A pass asks for the states it sees; what it did not ask for had a
 * break and is forgotten. Losing the book restarts waits and nothing else.
 */
export class SinceBook {
  readonly #scopes = new Map<string, Map<string, number>>();

  /** Begins a pass over one scope at this moment. */
  begin(scope: string, nowMs: number): SincePass {
    const known = this.#scopes.get(scope) ?? new Map<string, number>();
    const asked = new Map<string, number>();
    return {
      since: (key) => {
        const first = asked.get(key) ?? known.get(key) ?? nowMs;
        asked.set(key, first);
        return (nowMs - first) / 1000;
      },
      end: () => {
        if (asked.size === 0) this.#scopes.delete(scope);
        else this.#scopes.set(scope, asked);
      },
    };
  }

  /** Ends the states of a scope under keys that begin like this: nobody saw whether they went on. */
  interrupt(scope: string, prefixes: readonly string[]): void {
    const known = this.#scopes.get(scope);
    for (const key of known?.keys() ?? []) {
      if (prefixes.some((prefix) => key.startsWith(prefix))) known?.delete(key);
    }
  }

  /** Forgets a scope. */
  forget(scope: string): void {
    this.#scopes.delete(scope);
  }

  /** Forgets everything: a new leader starts every wait anew. */
  clear(): void {
    this.#scopes.clear();
  }
}

/** One pass over one scope. */
export interface SincePass {
  /** Seconds for which the state has been seen without a break; 0 the first time. */
  readonly since: (key: string) => number;
  /** Keeps what was asked for and forgets the rest. */
  readonly end: () => void;
}
