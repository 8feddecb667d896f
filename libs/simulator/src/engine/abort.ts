/** The abort signal of the platform, without the platform: the pure layers know no `AbortController`. */
export interface Abort {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/** Makes a signal and the means to raise it. A raised signal throws its reason. */
export function createAbort(): Abort {
  const listeners = new Set<() => void>();
  let raised: { readonly reason: unknown } | undefined;
  const signal: AbortSignal = {
    get aborted() {
      return raised !== undefined;
    },
    throwIfAborted() {
      if (raised !== undefined) throw raised.reason;
    },
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
  return {
    signal,
    abort(reason) {
      if (raised !== undefined) return;
      raised = { reason };
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}
