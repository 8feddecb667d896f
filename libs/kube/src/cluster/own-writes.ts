/** Whether the caches hold what this process has written. */
import { isAtLeast } from '../store/object-meta.ts';
import type { Versioned } from '../store/contents.ts';
import type { Store } from '../store/store.ts';

type Source = Pick<Store<Versioned>, 'get' | 'resourceVersion'>;

/** The last own write of each object that the caches did not show yet. */
export class OwnWrites {
  readonly #pending = new Map<Source, Map<string, string>>();

  /** Notes a write by the version that the server answered with. */
  note(store: Source, key: string, resourceVersion: string): void {
    const keys = this.#pending.get(store) ?? new Map<string, string>();
    keys.set(key, resourceVersion);
    this.#pending.set(store, keys);
  }

  /** True when every noted write is in its cache, or the object was deleted after it. */
  areHeld(): boolean {
    for (const [store, keys] of this.#pending) {
      for (const [key, version] of keys) {
        if (isHeld(store, key, version)) keys.delete(key);
      }
      if (keys.size === 0) this.#pending.delete(store);
    }
    return this.#pending.size === 0;
  }
}

function isHeld(store: Source, key: string, version: string): boolean {
  const shown = store.get(key)?.resourceVersion ?? store.resourceVersion();
  return shown !== undefined && isAtLeast(shown, version);
}
