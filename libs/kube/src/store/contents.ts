/** The objects of a store: parsed, keyed, and compared with what was there before. */
import { KubeosError, type Log } from '@kubeos/core';
import { metaOf, type ObjectMeta } from './object-meta.ts';

/** A view of an object that tells its version. */
export interface Versioned {
  readonly resourceVersion: string;
}

/** What happened to an object: how it was seen before and how now; one of them can be absent. */
export interface StoreChange<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** What the contents are built from. */
export interface ContentsOptions<T extends Versioned> {
  /** Keeps what decisions look at. What it throws makes the object a bad one. */
  readonly parse: (raw: unknown) => T;
  readonly keyOf: (meta: ObjectMeta) => string;
  readonly log: Log;
  readonly onChange: (change: StoreChange<T>) => void;
}

/**
 * An object that cannot be parsed keeps its last good view, because one that disappears means that it was deleted; it is
 * named in `bad` until it can be parsed again or is gone.
 */
export class Contents<T extends Versioned> {
  readonly #options: ContentsOptions<T>;
  #items = new Map<string, T>();
  readonly #bad = new Map<string, string>();

  constructor(options: ContentsOptions<T>) {
    this.#options = options;
  }

  get items(): ReadonlyMap<string, T> {
    return this.#items;
  }

  /** Why objects could not be parsed, by their key. */
  get bad(): ReadonlyMap<string, string> {
    return this.#bad;
  }

  upsert(raw: unknown): ObjectMeta {
    const meta = metaOf(raw);
    const key = this.#options.keyOf(meta);
    const before = this.#items.get(key);
    const after = this.#view(raw, key, meta, before);
    if (after !== undefined) this.#items.set(key, after);
    this.#tell(key, before, after);
    return meta;
  }

  remove(raw: unknown): ObjectMeta {
    const meta = metaOf(raw);
    this.#forget(this.#options.keyOf(meta));
    return meta;
  }

  /** Takes a whole list in; `finish` drops what it did not hold. */
  beginList(): { readonly take: (raw: unknown) => void; readonly finish: () => void } {
    const seen = new Set<string>();
    return {
      take: (raw) => {
        seen.add(this.#options.keyOf(this.upsert(raw)));
      },
      finish: () => {
        for (const key of this.#items.keys()) if (!seen.has(key)) this.#forget(key);
        for (const key of this.#bad.keys()) if (!seen.has(key)) this.#bad.delete(key);
      },
    };
  }

  #view(raw: unknown, key: string, meta: ObjectMeta, before: T | undefined): T | undefined {
    if (before?.resourceVersion === meta.resourceVersion) return before;
    try {
      const view = this.#options.parse(raw);
      this.#bad.delete(key);
      return view;
    } catch (thrown) {
      const error = KubeosError.from(thrown);
      this.#bad.set(key, error.message);
      this.#options.log.error({ key, error }, 'Failed to read an object');
      return before;
    }
  }

  #forget(key: string): void {
    this.#bad.delete(key);
    const before = this.#items.get(key);
    if (!this.#items.delete(key)) return;
    this.#tell(key, before, undefined);
  }

  #tell(key: string, before: T | undefined, after: T | undefined): void {
    if (before === after || isSameView(before, after)) return;
    this.#options.onChange({ key, before, after });
  }
}

/** A new version alone is no change: kubelets write their Node all the time. */
function isSameView(a: Versioned | undefined, b: Versioned | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return textOf(a) === textOf(b);
}

function textOf(view: Versioned): string {
  return JSON.stringify({ ...view, resourceVersion: '' });
}
