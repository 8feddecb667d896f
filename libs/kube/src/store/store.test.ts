import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { ManualClock, settle, silentLog } from '@kubeos/testing';
import type { ApiClient, ApiRequest } from '../client/api-client.ts';
import { createStore, type Store } from './store.ts';

interface View {
  readonly name: string;
  readonly resourceVersion: string;
}

interface OpenWatch {
  readonly from: unknown;
  readonly timeoutSeconds: unknown;
  readonly signal: AbortSignal | undefined;
  readonly send: (type: string, object: object) => void;
  readonly end: (error?: KubeosError) => Promise<void>;
}

const object = (name: string, version: string): object => ({
  metadata: { name, uid: name, resourceVersion: version },
});

describe('a store', () => {
  let clock: ManualClock;
  let lists: ApiRequest[];
  let watches: OpenWatch[];
  let pages: (object | KubeosError)[];
  let store: Store<View>;
  let stop: AbortController;
  let running: Promise<void>;

  const list = (version: string, names: readonly string[], next = ''): object => ({
    metadata: { resourceVersion: version, continue: next },
    items: names.map((name) => object(name, version)),
  });
  const names = (): readonly string[] => [...store.items()].map(({ name }) => name);
  const lastWatch = (): OpenWatch => {
    const watch = watches.at(-1);
    if (watch === undefined) throw new Error('nothing is watched');
    return watch;
  };

  beforeEach(() => {
    clock = new ManualClock();
    lists = [];
    watches = [];
    pages = [];
    const api: ApiClient = {
      request: async (request) => {
        lists.push(request);
        const page = pages.shift();
        if (page instanceof KubeosError) throw page;
        if (page === undefined) throw new Error('no page is left');
        return page;
      },
      lines: (request, onLine) =>
        new Promise((resolve, reject) => {
          request.signal?.addEventListener('abort', () => resolve());
          watches.push({
            from: request.query?.['resourceVersion'],
            timeoutSeconds: request.query?.['timeoutSeconds'],
            signal: request.signal,
            send: (type, sent) => onLine(JSON.stringify({ type, object: sent })),
            async end(error) {
              if (error === undefined) resolve();
              else reject(error);
              await settle();
            },
          });
        }),
      close: () => undefined,
    };
    store = createStore<View>({
      api,
      clock,
      log: silentLog,
      path: '/things',
      pageSize: 2,
      keyOf: ({ name }) => name,
      parse: (raw) => (raw as { readonly metadata: View }).metadata,
    });
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  async function start(...first: (object | KubeosError)[]): Promise<void> {
    pages.push(...first);
    running = store.run(stop.signal);
    await settle();
  }

  it('asks for the newest state, page by page, and watches from there', async () => {
    await start(list('5', ['a', 'b'], 'more'), list('5', ['c']));

    expect(names()).toEqual(['a', 'b', 'c']);
    expect(lists.map(({ query }) => [query?.['resourceVersion'], query?.['continue']])).toEqual([
      [undefined, undefined],
      [undefined, 'more'],
    ]);
    expect(lastWatch().from).toBe('5');
    expect(store.isSynced()).toBe(true);
  });

  it('goes on where a lost connection was, without a list', async () => {
    await start(list('5', ['a']));
    lastWatch().send('BOOKMARK', { metadata: { resourceVersion: '9' } });

    await lastWatch().end(new KubeosError('API_UNAVAILABLE', 'reset'));
    await clock.advance(1000);
    expect(watches.map(({ from }) => from)).toEqual(['5', '9']);
    expect(lists).toHaveLength(1);
  });

  it('lists anew when its version is too old, and drops what is gone', async () => {
    await start(list('5', ['a', 'b']));
    const deleted: string[] = [];
    store.subscribe(({ key, after }) => after === undefined && deleted.push(key));

    pages.push(list('20', ['b', 'c']));
    await lastWatch().end(new KubeosError('RESOURCE_EXPIRED', 'too old'));
    await clock.advance(1000);
    expect(names()).toEqual(['b', 'c']);
    expect(deleted).toEqual(['a']);
    expect(lastWatch().from).toBe('20');
  });

  it('gives up resuming after a while, because the server may have been restored from a backup', async () => {
    await start(list('500', ['a']));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await lastWatch().end(new KubeosError('API_UNAVAILABLE', 'reset'));
      if (attempt === 4) pages.push(list('3', ['b']));
      await clock.advance(60_000);
    }

    expect(names()).toEqual(['b']);
    expect(lastWatch().from).toBe('3');
  });

  it('does not spin on a server that ends watches at once', async () => {
    await start(list('5', ['a']));
    const opened = watches.length;

    await lastWatch().end();
    expect(watches).toHaveLength(opened);
    await clock.advance(1000);
    expect(watches).toHaveLength(opened + 1);
  });

  it('leaves a watch that fell silent, and goes on where it was', async () => {
    await start(list('5', ['a']));
    await clock.advance(60_000);
    lastWatch().send('BOOKMARK', { metadata: { resourceVersion: '9' } });
    await clock.advance(99_000);
    expect(watches).toHaveLength(1);
    const [silent] = watches;

    await clock.advance(1000);
    expect(silent?.signal?.aborted).toBe(true);
    await clock.advance(1000);
    expect(watches.map(({ from }) => from)).toEqual(['5', '9']);
    expect(lists).toHaveLength(1);
  });

  it('takes nothing from a watch that it has left', async () => {
    await start(list('5', ['a']));
    await clock.advance(100_000);

    watches[0]?.send('ADDED', object('b', '6'));
    expect(names()).toEqual(['a']);
  });

  it('asks for watches of different length', async () => {
    await start(list('5', ['a']));
    for (let turn = 0; turn < 20; turn += 1) {
      await clock.advance(2000);
      await lastWatch().end();
    }

    const lengths = watches.map(({ timeoutSeconds }) => Number(timeoutSeconds));
    expect(new Set(lengths).size).toBeGreaterThan(1);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(180);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(300);
  });

  it('opens the next watch at once when one ends in the normal course', async () => {
    await start(list('5', ['a']));
    for (let minute = 1; minute <= 4; minute += 1) {
      await clock.advance(60_000);
      lastWatch().send('BOOKMARK', { metadata: { resourceVersion: '5' } });
    }

    await lastWatch().end();
    expect(watches.map(({ from }) => from)).toEqual(['5', '5']);
  });

  it('tries a list that failed again, with growing pauses', async () => {
    const down = new KubeosError('API_UNAVAILABLE', 'down');
    await start(down, down, down, list('5', ['a']));

    for (let attempt = 0; attempt < 3; attempt += 1) await clock.advance(10_000);
    expect(names()).toEqual(['a']);
    expect(store.isSynced()).toBe(true);
  });

  it('answers a resync by a list that began after it was asked for', async () => {
    await start(list('5', ['a']));
    pages.push(list('7', ['a', 'b']));

    await store.resync();
    expect(names()).toEqual(['a', 'b']);
  });

  it('says when a resync fails, and keeps what it has', async () => {
    await start(list('5', ['a']));
    pages.push(new KubeosError('API_UNAVAILABLE', 'down'));

    await expect(store.resync()).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
    expect(names()).toEqual(['a']);
    pages.push(list('5', ['a']));
    await clock.advance(1000);
  });

  it('refuses a resync once it was stopped', async () => {
    await start(list('5', ['a']));
    const asked = store.resync();
    stop.abort();

    await expect(asked).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
    await running;
    await expect(store.resync()).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
  });

  it('tells no change when nothing but the version is new', async () => {
    await start(list('5', ['a']));
    let changes = 0;
    store.subscribe(() => (changes += 1));

    lastWatch().send('MODIFIED', object('a', '6'));
    expect(changes).toBe(0);
    expect(store.get('a')?.resourceVersion).toBe('6');
    expect(store.resourceVersion()).toBe('6');
  });

  it('knows how long the server has been silent', async () => {
    await start(list('5', ['a']));

    await clock.advance(30_000);
    expect(store.ageSeconds()).toBe(30);
    lastWatch().send('BOOKMARK', { metadata: { resourceVersion: '9' } });
    expect(store.ageSeconds()).toBe(0);
  });
});
