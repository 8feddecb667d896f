import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogFields, Requeue } from '@kubeos/core';
import { leanAgentStatus, ManualClock, settle } from '@kubeos/testing';
import { createDoorbell } from './doorbell.ts';
import { run } from './run.ts';
import type { Wired } from './wiring.ts';

const flags = ['--node-name=n1', '--listen=127.0.0.1:0'];

describe('os-proxy', () => {
  let out = '';
  let complaints = '';
  let stop: AbortController;
  beforeEach(() => {
    [out, complaints] = ['', ''];
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  const start = (argv: readonly string[], wired?: Wired, lines: Line[] = []): Promise<number> => {
    const note = (fields: LogFields, message: string): void => {
      lines.push({ message, fields });
    };
    return run(
      argv,
      {},
      {
        version: '1.2.3',
        print: (text) => (out += text),
        complain: (text) => (complaints += text),
        stop: stop.signal,
        log: { debug: note, info: note, warn: note, error: note },
        ...(wired === undefined ? {} : { wire: () => wired }),
      },
    );
  };

  it('prints its help, with an example, and its version', async () => {
    expect(await start(['--help'])).toBe(0);
    expect(out).toContain('Examples:\n  os-proxy --node-name');
    expect(await start(['--version'])).toBe(0);
    expect(out).toContain('os-proxy 1.2.3\n');
  });

  it('ends with the status of a wrong command line', async () => {
    expect(await start([])).toBe(64);
    expect(complaints).toBe('os-proxy: --node-name: is missing (see os-proxy --help)\n');
  });

  it('ends with the status of a missing kubeconfig', async () => {
    expect(await start([...flags, '--kubeconfig=/none'])).toBe(64);
    expect(complaints).toContain('Cannot read the kubeconfig /none');
  });

  describe('at work', () => {
    let clock: ManualClock;
    let passes: PromiseWithResolvers<Requeue>[];
    let state: { isSynced: boolean; ageSeconds: number };
    let events: string[];
    let lines: Line[];

    beforeEach(() => {
      clock = new ManualClock();
      passes = [];
      events = [];
      lines = [];
      state = { isSynced: true, ageSeconds: 0 };
    });

    const wired = (): Wired => {
      const untilStopped = (name: string) => (signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            events.push(`${name} ended`);
            resolve();
          });
        });
      return {
        clock,
        proxy: {
          pass() {
            const pass = Promise.withResolvers<Requeue>();
            passes.push(pass);
            return pass.promise;
          },
          stop: async () => void events.push('proxy stopped'),
        },
        bell: createDoorbell(clock),
        snapshot: {
          current: () => leanAgentStatus,
          ageSeconds: () => 60,
          look: () => Promise.resolve(),
          run: untilStopped('snapshot'),
        },
        instance: {
          run: untilStopped('instance'),
          isSynced: () => state.isSynced,
          ageSeconds: () => state.ageSeconds,
        },
        close: () => events.push('closed'),
      };
    };

    async function port(): Promise<number> {
      for (;;) {
        const serving = lines.find(({ message }) => message === 'Serving');
        if (typeof serving?.fields['port'] === 'number') return serving.fields['port'];
        await settle();
      }
    }

    async function ask(path: string): Promise<string> {
      const answer = await fetch(`http://127.0.0.1:${await port()}${path}`);
      return `${answer.status} ${(await answer.text()).split('\n')[0] ?? ''}`;
    }

    async function end(nth: number, requeue: Requeue): Promise<void> {
      passes[nth]?.resolve(requeue);
      await settle();
    }

    it('makes a pass when one is due, one at a time', async () => {
      const done = start(flags, wired(), lines);
      await port();
      await settle();
      expect(passes).toHaveLength(1);
      await clock.advance(600_000);
      expect(passes).toHaveLength(1);

      await end(0, { kind: 'after', seconds: 5 });
      await clock.advance(5000);
      expect(passes).toHaveLength(2);
      await end(1, { kind: 'backoff', attempt: 3 });
      await clock.advance(3999);
      expect(passes).toHaveLength(2);
      await clock.advance(1);
      expect(passes).toHaveLength(3);
      await end(2, { kind: 'onChange' });
      await clock.advance(60_000);
      expect(passes).toHaveLength(4);
      stop.abort();
      await end(3, { kind: 'onChange' });
      expect(await done).toBe(0);
    });

    it('makes no pass before the API server has answered', async () => {
      state.isSynced = false;
      void start(flags, wired(), lines);

      expect(await ask('/readyz')).toBe('503 The API server has not answered yet');
      expect(passes).toHaveLength(0);
      state.isSynced = true;
      await clock.advance(1000);
      expect(passes).toHaveLength(1);
      stop.abort();
      await end(0, { kind: 'onChange' });
    });

    it('B-34: tells kubelet and Prometheus how it is', async () => {
      void start(flags, wired(), lines);

      expect(await ask('/readyz')).toBe('200 ok');
      expect(await ask('/healthz')).toBe('200 ok');
      expect(await ask('/metrics')).toContain('200 # HELP kubeos_proxy_info');
      state.ageSeconds = 121;
      expect(await ask('/readyz')).toBe('503 The API server is silent');
      await clock.advance(300_001);
      expect(await ask('/healthz')).toBe('503 A pass hangs');
      stop.abort();
      await end(0, { kind: 'onChange' });
    });

    it('finishes the pass at work before it ends', async () => {
      const done = start(flags, wired(), lines);
      await port();
      await settle();
      stop.abort();
      await settle();
      expect(events).not.toContain('proxy stopped');

      await end(0, { kind: 'onChange' });
      expect(await done).toBe(0);
      expect(events).toEqual(['instance ended', 'snapshot ended', 'proxy stopped', 'closed']);
    });

    it('ends with what ends the following', async () => {
      const broken = wired();
      const snapshot = { ...broken.snapshot, run: () => Promise.reject(new Error('no watch')) };

      expect(await start(flags, { ...broken, snapshot }, lines)).toBe(70);
      expect(complaints).toContain('no watch');
    });

    it('ends when its address is taken', async () => {
      const { createServer } = await import('node:http');
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      if (typeof address === 'string' || address === null) throw new Error('no port');
      const taken = [...flags.slice(0, 1), `--listen=127.0.0.1:${address.port}`];

      expect(await start(taken, wired(), lines)).toBe(64);
      server.close();
    });
  });
});

interface Line {
  readonly message: string;
  readonly fields: LogFields;
}
