/** A local copy of a collection of the API server that follows it through everything a network does. */
import { hasCode, KubeosError, type Clock, type Log } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { Contents, type StoreChange, type Versioned } from './contents.ts';
import type { ObjectMeta } from './object-meta.ts';
import { readPages, type Collection } from './pages.ts';
import { parseWatchEvent } from './watch-event.ts';

/** What a store is built from. */
export interface StoreOptions<T extends Versioned> extends Collection {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps what decisions look at. An object for which it throws is logged and reported, nothing more. */
  readonly parse: (raw: unknown) => T;
  readonly keyOf: (meta: ObjectMeta) => string;
}

/** The copy. */
export interface Store<T extends Versioned> {
  /** Follows the collection until the signal is aborted; never throws. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  items(): Iterable<T>;
  get(key: string): T | undefined;
  readonly size: number;
  /** Calls the listener for every change of a view. Returns what ends it. */
  subscribe(listener: (change: StoreChange<T>) => void): () => void;
  /** Reads everything anew, past all caches of the server. Throws what the read throws. */
  resync(): Promise<void>;
  /** The whole collection was read at least once. */
  isSynced(): boolean;
  /** The version of the collection that the copy holds. */
  resourceVersion(): string | undefined;
  /** Seconds since the server was last heard of; it says something about once a minute. */
  ageSeconds(): number;
  /** Why objects could not be read, by their key. */
  bad(): ReadonlyMap<string, string>;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: KubeosError) => void;
}

/**
 * The server ends a watch after about this; a new one goes on where it ended. No two watches last as long, or all proxies
 * of a cluster whose API server was restarted would come back at one moment, again and again.
 */
const watchSeconds = 240;
const watchSpread = 0.25;
const watchGraceSeconds = 30;
/** The server sends a bookmark about once a minute; a watch that is silent for longer than this is dead. */
const longestSilenceMs = 100_000;
/** A watch that cannot be resumed so often in a row is given up for a list. */
const resumeLimit = 5;
/** A server that is going down ends watches as soon as they begin. */
const shortestWatchMs = 1000;
const firstPauseMs = 250;
const longestPauseMs = 15_000;

/** Builds a store; nothing is read before `run`. */
export function createStore<T extends Versioned>(options: StoreOptions<T>): Store<T> {
  return new CollectionStore(options);
}

class CollectionStore<T extends Versioned> implements Store<T> {
  readonly #options: StoreOptions<T>;
  readonly #contents: Contents<T>;
  readonly #listeners = new Set<(change: StoreChange<T>) => void>();
  #waiters: Waiter[] = [];
  #version: string | undefined;
  #isSynced = false;
  #heardMs: number;
  #failures = 0;
  #isStopped = false;
  /** Aborted when a list is asked for: ends the watch or the pause that stands in its way. */
  #interrupt = new AbortController();

  constructor(options: StoreOptions<T>) {
    this.#options = options;
    this.#heardMs = options.clock.now().monotonicMs;
    this.#contents = new Contents({
      ...options,
      onChange: (change) => {
        for (const listener of this.#listeners) listener(change);
      },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#interrupt = new AbortController();
      const ended = AbortSignal.any([signal, this.#interrupt.signal]);
      try {
        if (this.#version === undefined || this.#waiters.length > 0) await this.#list(signal);
        else await this.#watch(this.#version, ended);
        this.#failures = 0;
      } catch (thrown) {
        if (!ended.aborted) await this.#recover(KubeosError.from(thrown), ended);
      }
    }
    this.#isStopped = true;
    for (const waiter of this.#waiters) waiter.reject(stopped());
    this.#waiters = [];
  }

  items(): Iterable<T> {
    return this.#contents.items.values();
  }

  get(key: string): T | undefined {
    return this.#contents.items.get(key);
  }

  get size(): number {
    return this.#contents.items.size;
  }

  subscribe(listener: (change: StoreChange<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async resync(): Promise<void> {
    if (this.#isStopped) throw stopped();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#interrupt.abort();
    });
  }

  isSynced(): boolean {
    return this.#isSynced;
  }

  resourceVersion(): string | undefined {
    return this.#version;
  }

  ageSeconds(): number {
    return (this.#options.clock.now().monotonicMs - this.#heardMs) / 1000;
  }

  bad(): ReadonlyMap<string, string> {
    return this.#contents.bad;
  }

  /** Serves everybody who asked before it began: later ones want to see later writes. */
  async #list(signal: AbortSignal): Promise<void> {
    const served = this.#waiters;
    this.#waiters = [];
    try {
      const list = this.#contents.beginList();
      this.#version = await readPages(this.#options.api, this.#options, list.take, signal);
      list.finish();
      this.#isSynced = true;
      this.#heard();
      for (const waiter of served) waiter.resolve();
    } catch (thrown) {
      const error = KubeosError.from(thrown);
      // A list that was cut off may have mixed two moments: the next step is a list again.
      this.#version = undefined;
      for (const waiter of served) waiter.reject(error);
      throw error;
    }
  }

  async #watch(version: string, signal: AbortSignal): Promise<void> {
    const { api, clock, path, fieldSelector, labelSelector } = this.#options;
    const startMs = clock.now().monotonicMs;
    const timeoutSeconds = Math.round(watchSeconds * (1 + watchSpread * (2 * Math.random() - 1)));
    const done = new AbortController();
    const ended = AbortSignal.any([signal, done.signal]);
    let lines = 0;
    const watching = api.lines(
      {
        method: 'GET',
        path,
        query: {
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: version,
          timeoutSeconds,
          fieldSelector,
          labelSelector,
        },
        deadlineSeconds: timeoutSeconds + watchGraceSeconds,
        signal: ended,
      },
      (line) => {
        lines += 1;
        if (!ended.aborted) this.#take(line);
      },
    );
    try {
      await Promise.race([watching, this.#silence(startMs, ended)]);
    } finally {
      done.abort();
    }
    const isShort = clock.now().monotonicMs - startMs < shortestWatchMs;
    if (isShort && lines === 0)
      throw new KubeosError('API_UNAVAILABLE', 'The watch was ended at once');
  }

  /** Throws when nothing has been heard for too long since the watch began. */
  async #silence(startMs: number, signal: AbortSignal): Promise<never> {
    const { clock } = this.#options;
    for (;;) {
      const heardMs = Math.max(startMs, this.#heardMs);
      const leftMs = heardMs + longestSilenceMs - clock.now().monotonicMs;
      if (leftMs <= 0) throw new KubeosError('API_UNAVAILABLE', 'The watch fell silent');
      await clock.sleep(leftMs, signal);
    }
  }

  #take(line: string): void {
    const event = parseWatchEvent(line);
    this.#heard();
    this.#failures = 0;
    if (event.kind === 'bookmark') this.#version = event.resourceVersion;
    else if (event.kind === 'delete')
      this.#version = this.#contents.remove(event.object).resourceVersion;
    else this.#version = this.#contents.upsert(event.object).resourceVersion;
  }

  /** After a lost connection the watch goes on where it was; anything else leaves a gap that only a list closes. */
  async #recover(error: KubeosError, signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    const { log, path, clock } = this.#options;
    log.warn({ path, error, attempt: this.#failures }, 'Failed to follow a collection');
    const isResumable = hasCode(error, 'API_UNAVAILABLE', 'TOO_MANY_REQUESTS');
    if (!isResumable || this.#failures >= resumeLimit) this.#version = undefined;
    const pauseMs = Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs);
    try {
      // Spread out, so that a restarted API server is not met by a whole fleet at one moment.
      await clock.sleep(pauseMs * (0.5 + Math.random()), signal);
    } catch (interrupted) {
      if (!signal.aborted) throw interrupted;
    }
  }

  #heard(): void {
    this.#heardMs = this.#options.clock.now().monotonicMs;
  }
}

function stopped(): KubeosError {
  return new KubeosError('API_UNAVAILABLE', 'The store was stopped');
}
