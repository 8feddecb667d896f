import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeosError, type NodeView, type OsInstance, type OwnInstance } from '@kubeos/core';
import {
  createClock,
  createCluster,
  createLeadership,
  createOwnInstance,
  createStore,
  type Election,
  type Store,
} from '@kubeos/kube';
import { silentLog } from '@kubeos/testing';
import { createNode, eventually, startTestCluster, type TestCluster } from './cluster.fixture.ts';

let test: TestCluster;
const clock = createClock();

interface NameView {
  readonly name: string;
  readonly resourceVersion: string;
  readonly value: string;
}

/** Config maps, because nobody else writes them; one whose value is `bad` cannot be read. */
function configMaps(pageSize = 2): Store<NameView> {
  const store = createStore<NameView>({
    api: test.api,
    clock,
    log: silentLog,
    path: '/api/v1/namespaces/default/configmaps',
    labelSelector: 'test=yes',
    pageSize,
    keyOf: ({ name }) => name,
    parse: (raw) => {
      const { metadata, data } = raw as {
        readonly metadata: { readonly name: string; readonly resourceVersion: string };
        readonly data?: { readonly value?: string };
      };
      if (data?.value === 'bad') throw new KubeosError('INVALID_SPEC', 'bad value');
      return { ...metadata, value: data?.value ?? '' };
    },
  });
  test.follow(store.run(test.signal));
  return store;
}

async function put(name: string, value: string): Promise<void> {
  await test.api.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/default/configmaps/${name}`,
    query: { fieldManager: 'test', force: true },
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default', labels: { test: 'yes' } },
      data: { value },
    },
  });
}

async function drop(name: string): Promise<void> {
  await test.api.request({
    method: 'DELETE',
    path: `/api/v1/namespaces/default/configmaps/${name}`,
  });
}

beforeAll(async () => {
  test = await startTestCluster();
});

afterAll(() => test.end());

describe('a store', () => {
  it('reads all pages and then follows every change', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await put(name, '1');
    const store = configMaps();
    const changes: string[] = [];
    await eventually('the list', () => store.isSynced());
    store.subscribe(({ key, before, after }) => {
      changes.push(`${key}: ${before?.value ?? '-'} -> ${after?.value ?? '-'}`);
    });
    expect([...store.items()].map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);

    await put('a', '2');
    await put('f', '1');
    await drop('b');
    await eventually('three changes', () => changes.length === 3);
    expect(changes).toEqual(['a: 1 -> 2', 'f: - -> 1', 'b: 1 -> -']);
  });

  it('keeps the last view of an object that cannot be read, and says so', async () => {
    await put('g', 'good');
    const store = configMaps();
    await eventually('the list', () => store.isSynced());
    await put('g', 'bad');
    await put('h', 'bad');
    await eventually('both to be reported', () => store.bad().size === 2);

    expect(store.get('g')?.value).toBe('good');
    expect(store.get('h')).toBeUndefined();
    await put('g', 'better');
    await drop('h');
    await eventually('the report to end', () => store.bad().size === 0);
    expect(store.get('g')?.value).toBe('better');
  });

  it('holds after a resync what was written before it', async () => {
    const store = configMaps();
    await put('r', '1');
    await Promise.all([store.resync(), store.resync()]);

    expect(store.get('r')?.value).toBe('1');
  });

  it('survives an API server that goes and comes back, and sees what happened meanwhile', async () => {
    const store = configMaps();
    await put('x', '1');
    await put('y', '1');
    await eventually('both', () => store.get('x') !== undefined && store.get('y') !== undefined);

    await test.plane.stopApiServer();
    await expect(store.resync()).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
    expect(store.get('x')?.value).toBe('1');
    await test.plane.startApiServer();
    await put('x', '2');
    await drop('y');
    await eventually(
      'the changes',
      () => store.get('x')?.value === '2' && store.get('y') === undefined,
    );
  });

  it('lists anew when its version is too old to be resumed', async () => {
    const store = configMaps();
    await eventually('the list', () => store.isSynced());
    // Other kinds move the version on, so that a restarted server does not know ours any more.
    await createNode(test.api, 'mover');
    await test.plane.restartApiServer();
    await put('z', '1');

    await eventually('the new object', () => store.get('z') !== undefined);
  });
});

describe('two candidates', () => {
  const contest = (identity: string, signal: AbortSignal): Election => {
    const election = createLeadership({
      api: test.api,
      clock,
      log: silentLog,
      namespace: 'default',
      name: 'contest',
      identity,
      durationSeconds: 3,
      deadlineSeconds: 2,
      retrySeconds: 0.2,
    });
    test.follow(election.run(AbortSignal.any([signal, test.signal])));
    return election;
  };

  it('B-34: never both lead, and a leader that stops hands over', async () => {
    const first = new AbortController();
    const a = contest('a', first.signal);
    await eventually('a to lead', () => a.isLeading());
    const b = contest('b', new AbortController().signal);
    let both = 0;
    const watch = setInterval(() => (both += a.isLeading() && b.isLeading() ? 1 : 0), 5);
    expect(b.isLeading()).toBe(false);

    first.abort();
    await eventually('b to lead', () => b.isLeading());
    expect(a.term()).toBe(1);
    expect(b.term()).toBe(1);

    await test.plane.stopApiServer();
    await eventually('b to stop leading without the API server', () => !b.isLeading());
    await test.plane.startApiServer();
    await eventually('b to lead again', () => b.isLeading());
    expect(b.term()).toBe(2);
    clearInterval(watch);
    expect(both).toBe(0);
  });
});

describe('the own instance of a proxy', () => {
  let own: OwnInstance & { isSynced(): boolean };
  let node: NodeView;
  let stored: OsInstance;

  beforeAll(async () => {
    const cluster = createCluster({ api: test.api, clock, log: silentLog, identity: 't' });
    const followed = createOwnInstance({ api: test.api, clock, log: silentLog, nodeName: 'p1' });
    test.follow(followed.run(test.signal));
    own = followed;
    await createNode(test.api, 'p1');
    await createNode(test.api, 'p2');
    const [mine, other] = [await cluster.api.getNode('p1'), await cluster.api.getNode('p2')];
    if (mine === undefined || other === undefined) throw new Error('no nodes');
    node = mine;
    await cluster.api.createInstance(other, { nodestatus: 'idle' });
    await eventually('the list', () => own.isSynced());
    expect(own.cached()).toBeUndefined();
    expect(await own.read()).toBeUndefined();
    stored = await cluster.api.createInstance(node, { nodestatus: 'idle' });
  });

  it('is seen when the operator creates it, and no other is', async () => {
    await eventually('the object', () => own.cached()?.name === 'p1');

    expect((await own.read())?.uid).toBe(stored.uid);
  });

  it('takes a first status, then replaces members whole and removes them', async () => {
    const progress = { step: 'Writing', bytesDone: 1 };
    const operation = {
      id: 'o/n/1',
      seq: 1,
      type: 'upgrade',
      phase: 'Prepare',
      state: 'Running',
    } as const;
    const agent = {
      apiVersion: 'v1',
      agentVersion: '1',
      capabilities: ['disk'],
      revision: 1,
      bootId: 'b',
      bootWhy: 'good',
      version: 'v',
      slots: { A: { state: 'good' }, B: { state: 'empty' } },
      seq: 0,
      held: false,
      warnings: [],
    } as const;
    const first = await own.writeStatus(stored, {
      nodeUid: node.uid,
      agent: { ...agent, operation: { ...operation, progress } },
      problem: { seq: 1, phase: 'Prepare', code: 'BUSY', message: '' },
    });
    expect(first.status.agent?.operation?.progress).toEqual(progress);

    const second = await own.writeStatus(first, { agent: { ...agent, operation }, problem: null });
    expect(second.status.agent?.operation).toEqual(operation);
    expect(second.status.problem).toBeUndefined();
    expect(second.status.nodeUid).toBe(node.uid);
  });

  it('B-22: refuses a status that was decided on an older version', async () => {
    await expect(own.writeStatus(stored, { proxyVersion: '2' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});
