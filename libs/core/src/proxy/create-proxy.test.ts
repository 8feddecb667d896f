import { describe, expect, it } from '@jest/globals';
import type { AgentStatus, OperationProgress } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import type { AgentCalls, PhaseAnswer } from '../ports/proxy.ts';
import { createProxy, type Proxy } from './create-proxy.ts';
import {
  agentStatus,
  FakeClock,
  FakeInstance,
  instance,
  operation,
  record,
  settle,
} from './proxy.fixture.ts';

interface OpenCall {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: OperationProgress) => void;
  readonly answer: (answer: PhaseAnswer | AgentStatus) => void;
  readonly fail: (error: Error) => void;
}

/** An agent whose answers the test gives by hand. */
class ManualAgent {
  readonly open: OpenCall[] = [];
  readonly calls: AgentCalls = {
    getStatus: (signal) => this.#ring('getStatus', signal),
    prepare: (_request, onProgress, signal) => this.#ring('prepare', signal, onProgress),
    activate: (_request, signal) => this.#ring('activate', signal),
    confirm: (_request, signal) => this.#ring('confirm', signal),
    configure: (_request, signal) => this.#ring('configure', signal),
    rollback: (_request, signal) => this.#ring('rollback', signal),
    cancel: (_request, signal) => this.#ring('cancel', signal),
  };

  get names(): readonly string[] {
    return this.open.map(({ name }) => name);
  }

  get last(): OpenCall {
    const last = this.open.at(-1);
    if (last === undefined) throw new Error('no call was made');
    return last;
  }

  #ring<T extends PhaseAnswer | AgentStatus>(
    name: string,
    signal: AbortSignal,
    progress: OpenCall['progress'] = () => undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      this.open.push({ name, signal, progress, answer: (a) => resolve(a as T), fail: reject });
    });
  }
}

interface Bench {
  readonly proxy: Proxy;
  readonly own: FakeInstance;
  readonly agent: ManualAgent;
  readonly clock: FakeClock;
  readonly node: { snapshot: AgentStatus | undefined; wakes: number };
}

function bench(own = new FakeInstance(instance(undefined))): Bench {
  const agent = new ManualAgent();
  const clock = new FakeClock();
  const node: Bench['node'] = { snapshot: agentStatus(), wakes: 0 };
  const silent = (): void => undefined;
  const proxy = createProxy({
    instance: own,
    agent: agent.calls,
    snapshot: { current: () => node.snapshot },
    clock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    nodeUid: () => 'node-1',
    proxyVersion: '1.0.0',
    wake: () => (node.wakes += 1),
  });
  return { proxy, own, agent, clock, node };
}

const sets = { upgradeconfigs: { version: 'b-1' }, sysconfigs: { version: 'a-1' } };
const unreachable = new KubeosError('AGENT_UNREACHABLE', 'no answer');

describe('the proxy', () => {
  it('reports its node once and then leaves agent and API server alone', async () => {
    const { proxy, own, agent } = bench();

    expect(await proxy.pass()).toEqual({ kind: 'onChange' });
    expect(own.stored?.status).toMatchObject({
      nodeUid: 'node-1',
      proxyVersion: '1.0.0',
      agent: { bootId: 'boot-1' },
    });
    expect(own.patches).toHaveLength(1);
    await proxy.pass();
    expect(own.patches).toHaveLength(1);
    expect(agent.names).toEqual([]);
  });

  it('waits for the object and starts when the operator has created it', async () => {
    const { proxy, own } = bench(new FakeInstance());

    expect(await proxy.pass()).toEqual({ kind: 'onChange' });
    own.put(instance(undefined));
    await proxy.pass();
    expect(own.stored?.status.nodeUid).toBe('node-1');
  });

  it('takes the status of an agent that has no snapshot yet from its answer', async () => {
    const { proxy, own, agent, node } = bench();
    node.snapshot = undefined;

    await proxy.pass();
    expect(agent.names).toEqual(['getStatus']);
    agent.last.answer(agentStatus());
    await settle();
    await proxy.pass();
    expect(own.stored?.status.agent?.bootId).toBe('boot-1');
  });

  it('acknowledges, calls, streams progress and relays the outcome', async () => {
    const { proxy, own, agent, node, clock } = bench();
    const of = operation();
    own.ask(of);

    await proxy.pass();
    expect(own.stored?.status.acknowledged).toEqual({ seq: 7, phase: 'Prepare' });
    expect(agent.names).toEqual(['prepare']);

    node.snapshot = agentStatus({ revision: 2, operation: record(of) });
    agent.last.progress({ step: 'Writing', bytesDone: 10 });
    await clock.advance(10_000);
    await proxy.pass();
    expect(own.stored?.status.agent?.operation?.progress?.bytesDone).toBe(10);

    const done = record(of, { state: 'Done', result: 'Prepared' });
    node.snapshot = agentStatus({ revision: 3, operation: done });
    agent.last.answer({ result: 'Prepared' });
    await settle();
    await proxy.pass();
    expect(own.stored?.status.agent?.operation).toEqual(done);
    expect(agent.names).toEqual(['prepare']);
    expect(node.wakes).toBeGreaterThan(0);
  });

  it('B-11: takes up an operation that comes long after it went to sleep', async () => {
    const { proxy, own, agent } = bench();
    expect(await proxy.pass()).toEqual({ kind: 'onChange' });

    own.ask(operation({ osUid: 'os-2' }));
    await proxy.pass();
    expect(agent.names).toEqual(['prepare']);
  });

  it('B-22: a write on a stale read is refused, and the fresh object is decided on', async () => {
    const { proxy, own, agent } = bench();
    await proxy.pass();
    own.isLagging = true;
    own.ask(operation({ phase: 'Cancel' }));

    own.seen = instance(operation(), own.seen?.status, own.seen?.resourceVersion);
    await proxy.pass();
    expect(own.stored?.spec.operation?.phase).toBe('Cancel');
    expect(own.stored?.status.acknowledged).toEqual({ seq: 7, phase: 'Cancel' });
    expect(agent.names).toEqual(['cancel']);
  });

  it('decides on its own last write while the watch lags behind', async () => {
    const { proxy, own } = bench();
    own.isLagging = true;

    await proxy.pass();
    await proxy.pass();
    expect(own.patches).toHaveLength(1);
    own.catchUp();
    await proxy.pass();
    expect(own.patches).toHaveLength(1);
  });

  it('keeps its newer write while the watch shows its older one', async () => {
    const { proxy, own, node } = bench();
    own.isLagging = true;
    await proxy.pass();
    const first = own.stored;
    node.snapshot = agentStatus({ revision: 2, held: true });
    await proxy.pass();

    own.seen = first;
    node.snapshot = agentStatus({ revision: 3 });
    await proxy.pass();
    expect(own.patches).toHaveLength(3);
    expect(own.attempts).toBe(3);
  });

  it('forgets its write with the object', async () => {
    const { proxy, own } = bench();
    own.isLagging = true;
    await proxy.pass();
    own.stored = own.seen = undefined;

    expect(await proxy.pass()).toEqual({ kind: 'onChange' });
    expect(own.attempts).toBe(1);
  });

  it('believes a watch that stays behind its own write: the API server may be an older copy', async () => {
    const { proxy, own, agent, clock } = bench();
    own.isLagging = true;
    await proxy.pass();
    own.put(instance(operation(), own.stored?.status));
    own.seen = instance(operation(), own.stored?.status, '1');
    await proxy.pass();
    expect(agent.names).toEqual([]);

    await clock.advance(15_000);
    await proxy.pass();
    expect(agent.names).toEqual(['prepare']);
  });

  it.each(['Before', 'Activate', 'After', 'Confirm'] as const)(
    'does not ask for %s when a consistent read shows another phase',
    async (phase) => {
      const { proxy, own, agent } = bench();
      const target = { version: 'KubeOS 2', slot: 'B', slotDigest: 'sha256:b' } as const;
      const of = operation({ phase, target, confirmBootId: 'boot-1' });
      own.put(instance(of, { acknowledged: { seq: 7, phase } }, '1', sets));
      own.isLagging = true;
      own.ask(operation({ phase: 'Cancel' }));

      await proxy.pass();
      expect(agent.names).toEqual(['cancel']);
    },
  );

  it.each([
    ['Before', 'configure'],
    ['Activate', 'activate'],
    ['After', 'configure'],
  ] as const)('asks for %s when a consistent read agrees: %s', async (phase, name) => {
    const { proxy, own, agent } = bench();
    own.put(instance(operation({ phase }), {}, '1', sets));

    await proxy.pass();
    expect(agent.names).toEqual([name]);
  });

  it('does not ask for Activate while the API server cannot be read', async () => {
    const { proxy, own, agent, clock } = bench();
    const of = operation({ phase: 'Activate' });
    own.put(instance(of, { acknowledged: { seq: 7, phase: 'Activate' } }));
    own.isDown = true;

    expect(await proxy.pass()).toEqual({ kind: 'backoff', attempt: 1 });
    await clock.advance(1000);
    expect(await proxy.pass()).toEqual({ kind: 'backoff', attempt: 2 });
    expect(agent.names).toEqual([]);
    own.isDown = false;
    await clock.advance(2000);
    await proxy.pass();
    expect(agent.names).toEqual(['activate']);
  });

  describe('after a pass that failed', () => {
    async function failed(): Promise<Bench> {
      const all = bench();
      all.own.ask(operation());
      await all.proxy.pass();
      all.own.isDown = true;
      all.node.snapshot = agentStatus({ revision: 2, held: true });
      expect(await all.proxy.pass()).toEqual({ kind: 'backoff', attempt: 1 });
      return all;
    }

    it('keeps its pause while the agent shows progress', async () => {
      const { proxy, own, agent, clock } = await failed();
      const { attempts } = own;

      for (let bytesDone = 1; bytesDone < 100; bytesDone += 1) {
        agent.last.progress({ step: 'Fetching', bytesDone });
        expect(await proxy.pass()).toEqual({ kind: 'after', seconds: 1 });
      }
      expect(own.attempts).toBe(attempts);
      await clock.advance(1000);
      expect(await proxy.pass()).toEqual({ kind: 'backoff', attempt: 2 });
      expect(own.attempts).toBe(attempts + 1);
    });

    it('tells at once that its call has ended, and then pauses again', async () => {
      const { proxy, own, agent } = await failed();
      const { attempts } = own;

      agent.last.answer({ result: 'Prepared' });
      await settle();
      expect(await proxy.pass()).toEqual({ kind: 'backoff', attempt: 2 });
      expect(await proxy.pass()).toEqual({ kind: 'after', seconds: 2 });
      expect(own.attempts).toBe(attempts + 1);
    });

    it('looks at once at an object that has changed: the API server answers again', async () => {
      const { proxy, own, agent } = await failed();
      own.isDown = false;
      own.ask(operation({ phase: 'Cancel' }));

      await proxy.pass();
      expect(agent.names).toEqual(['prepare', 'cancel']);
    });
  });

  it('B-33: gives a silent agent up, tells it, and attaches again with growing pauses', async () => {
    const { proxy, own, agent, clock } = bench();
    own.ask(operation());
    await proxy.pass();

    expect(clock.nextMs).toBe(900_000);
    await clock.advance(900_000);
    expect(agent.last.signal.aborted).toBe(true);
    expect(await proxy.pass()).toEqual({ kind: 'after', seconds: 1 });
    expect(own.stored?.status.problem).toMatchObject({ seq: 7, code: 'AGENT_UNREACHABLE' });

    await clock.advance(1000);
    await proxy.pass();
    agent.last.fail(unreachable);
    await settle();
    await clock.advance(1000);
    expect(await proxy.pass()).toEqual({ kind: 'after', seconds: 1 });
    expect(agent.names).toEqual(['prepare', 'prepare']);
    await clock.advance(1000);
    await proxy.pass();
    expect(agent.names).toEqual(['prepare', 'prepare', 'prepare']);
  });

  it('keeps a problem until the agent shows progress again', async () => {
    const { proxy, own, agent, clock } = bench();
    own.ask(operation());
    await proxy.pass();
    agent.last.fail(unreachable);
    await settle();
    await clock.advance(2000);

    await proxy.pass();
    expect(own.stored?.status.problem).toBeDefined();
    agent.last.progress({ step: 'Fetching', bytesDone: 1 });
    await clock.advance(2000);
    await proxy.pass();
    expect(own.stored?.status.problem).toBeUndefined();
  });

  it('does not count silence from the start while progress comes', async () => {
    const { proxy, own, agent, clock } = bench();
    own.ask(operation());
    await proxy.pass();

    await clock.advance(800_000);
    agent.last.progress({ step: 'Writing', bytesDone: 1 });
    await clock.advance(800_000);
    expect(agent.last.signal.aborted).toBe(false);
  });

  it('lets go of Prepare and asks to cancel', async () => {
    const { proxy, own, agent } = bench();
    own.ask(operation());
    await proxy.pass();
    const prepare = agent.last;
    own.ask(operation({ phase: 'Cancel' }));

    await proxy.pass();
    expect(prepare.signal.aborted).toBe(true);
    expect(agent.names).toEqual(['prepare', 'cancel']);
  });

  it('stops with its open call let go', async () => {
    const { proxy, own, agent } = bench();
    own.ask(operation());
    await proxy.pass();

    await proxy.stop();
    expect(agent.last.signal.aborted).toBe(true);
  });
});
