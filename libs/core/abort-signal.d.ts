// The pure layers compile without Node and DOM types, so that a stray `process` or `fetch` is a type
// error. Cancellation is part of the language of ports, so these two names are declared: what both
// platforms share.
interface AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare const AbortController: new () => AbortController;
