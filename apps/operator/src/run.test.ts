import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogFields } from '@kubeos/core';
import { ManualClock, settle } from '@kubeos/testing';
import { run } from './run.ts';
import type { wire, Wired } from './wiring.ts';

type Store = Wired['stores']['nodes'];

describe('os-operator', () => {
  let out = '';
  let complaints = '';
  let events: string[];
  let port: PromiseWithResolvers<number>;
  let stop: AbortController;
  let cache: { isSynced: boolean; ageSeconds: number };
  let oldestPassSeconds: number;
  let drained: PromiseWithResolvers<void>;
  let clock: ManualClock;
  let remains: readonly string[] | undefined;
  let retirement: Parameters<typeof wire>[3];

  beforeEach(() => {
    [out, complaints] = ['', ''];
    events = [];
    port = Promise.withResolvers();
    stop = new AbortController();
    cache = { isSynced: true, ageSeconds: 0 };
    oldestPassSeconds = 0;
    drained = Promise.withResolvers();
    clock = new ManualClock();
    remains = undefined;
    retirement = undefined;
  });

  const wired = (): Wired => {
    const store = {
      isSynced: () => cache.isSynced,
      ageSeconds: () => cache.ageSeconds,
    } as Store;
    const untilAborted = (name: string) => (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          events.push(name);
          resolve();
        });
      });
    return {
      clock,
      work: {
        counts: () => ({ ready: 0, delayed: 0, running: events.length === 0 ? 1 : 0, failed: 0 }),
        isAtWork: () => true,
        oldestPassSeconds: () => oldestPassSeconds,
        drain: async () => {
          await drained.promise;
          events.push('drained');
        },
      },
      stores: { oses: store, nodes: store, instances: store } as unknown as Wired['stores'],
      follow: untilAborted('unfollowed'),
      elect: untilAborted('lease released'),
      metrics: () => Promise.resolve('a 1\n'),
      remains: () => remains,
      close: () => events.push('closed'),
    };
  };

  const start = (argv: readonly string[]): Promise<number> => {
    const note = (fields: LogFields, message: string): void => {
      if (message === 'Serving') port.resolve(Number(fields['port']));
    };
    return run(
      argv,
      { TZ: 'UTC' },
      {
        version: '1.2.3',
        print: (text) => (out += text),
        complain: (text) => (complaints += text),
        stop: stop.signal,
        log: { debug: note, info: note, warn: note, error: note },
        wire: (_configuration, _log, _version, given) => {
          retirement = given;
          return wired();
        },
      },
    );
  };

  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${await port.promise}${path}`);
    return `${answer.status} ${(await answer.text()).trim()}`;
  };

  it('prints its help, with an example, and its version', async () => {
    expect(await start(['-h'])).toBe(0);
    expect(out).toContain('Examples:\n  os-operator');
    expect(await start(['--version'])).toBe(0);
    expect(out).toContain('os-operator 1.2.3\n');
  });

  it('ends with the status of a wrong command line', async () => {
    expect(await start(['--x'])).toBe(64);
    expect(complaints).toContain('see os-operator --help');
  });

  it('B-34: tells kubelet and Prometheus how it is', async () => {
    const done = start(['--listen=127.0.0.1:0']);

    expect(await ask('/readyz')).toBe('200 ok');
    expect(await ask('/healthz')).toBe('200 ok');
    expect(await ask('/metrics')).toBe('200 a 1');
    cache.ageSeconds = 200;
    expect(await ask('/readyz')).toBe('503 The cache of oses is old');
    cache.isSynced = false;
    expect(await ask('/readyz')).toBe('503 The cache of oses is not filled yet');
    oldestPassSeconds = 601;
    expect(await ask('/healthz')).toBe('503 A pass hangs');
    stop.abort();
    drained.resolve();
    await done;
  });

  it('ends in order: the passes, then the lease, then the caches', async () => {
    const done = start(['--listen=127.0.0.1:0']);
    await port.promise;
    stop.abort();
    await settle();
    expect(events).toEqual([]);

    drained.resolve();
    expect(await done).toBe(0);
    expect(events).toEqual(['drained', 'lease released', 'unfollowed', 'closed']);
  });

  it('releases the lease in time when a pass does not end', async () => {
    const done = start(['--listen=127.0.0.1:0']);
    await port.promise;
    stop.abort();
    await settle();
    await clock.advance(5900);
    expect(events).toEqual([]);

    await clock.advance(100);
    expect(await done).toBe(0);
    expect(events).toEqual(['lease released', 'unfollowed', 'closed']);
    drained.resolve();
  });

  it('retires when nothing remains, and leaves the lease behind', async () => {
    const done = start(['retire']);
    await settle();
    expect(retirement?.lingerSeconds()).toBe(0);
    remains = ['a: cordoned'];
    await clock.advance(5000);
    expect(events).toEqual([]);
    remains = [];
    drained.resolve();
    await clock.advance(1000);
    expect(await done).toBe(0);
    expect(events).toEqual(['drained', 'lease released', 'unfollowed', 'closed']);
    expect(retirement?.lingerSeconds()).toBe(30);
  });

  it('says what remains when it may take no longer, and gives the lease back', async () => {
    const done = start(['retire', '--deadline=10']);
    remains = ['a: cordoned'];
    drained.resolve();
    await clock.advance(12_000);
    expect(await done).toBe(75);
    expect(complaints).toContain('After 10 s there remains: a: cordoned');
    expect(retirement?.lingerSeconds()).toBe(0);
  });

  it('ends when it is told to while it retires', async () => {
    const done = start(['retire']);
    await settle();
    stop.abort();
    drained.resolve();
    await clock.advance(1000);
    expect(await done).toBe(75);
    expect(complaints).toContain('not leading yet');
  });
});
