// The pure layers compile without Node and DOM types, so that a stray `process` or `fetch` is a type
// error. Ports hand an abort signal through, so this one name is declared: what both platforms share.
interface AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
