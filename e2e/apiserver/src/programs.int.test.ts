import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { proxyAccount, type Logins } from '@kubeos/chart';
import type { NodeView, OsInstance } from '@kubeos/core';
import { createClock, createCluster, type Cluster } from '@kubeos/kube';
import { fullAgentStatus, silentLog } from '@kubeos/testing';
import { createNode, grantRights, startTestCluster, type TestCluster } from './cluster.fixture.ts';
import { instanceSpec } from './full-objects.ts';
import { OperatorProgram } from './operator-program.fixture.ts';
import { ProxyProgram } from './proxy-program.fixture.ts';
import { until } from './until.fixture.ts';

let test: TestCluster;
let cluster: Cluster;
let logins: Logins;

beforeAll(async () => {
  test = await startTestCluster();
  ({ logins } = await grantRights(test));
  cluster = createCluster({ api: test.api, clock: createClock(), log: silentLog, identity: 't' });
});

afterAll(() => test.end());

const start = async (name: string): Promise<OperatorProgram> =>
  OperatorProgram.start(test.plane, await logins.operator(), name);

describe('two replicas of os-operator', () => {
  it('B-34: have one leader, and it gives the lease back when it is told to end', async () => {
    const first = await start('first');
    await until('the first to lead', () => first.leads());
    const second = await start('second');
    await until('the second to be ready', async () => (await second.get('/readyz')).status === 200);
    expect(await second.leads()).toBe(false);
    expect((await second.get('/healthz')).status).toBe(200);

    expect(await first.stop()).toBe(0);
    expect((await first.log()).map(({ msg }) => msg)).toContain('Released the lease');
    await until('the second to lead', () => second.leads());
    expect(await second.stop()).toBe(0);
  });

  it('B-32: tell at the default level what every part of the program does', async () => {
    const operator = await start('third');
    await until('a term', async () =>
      (await operator.log()).some(({ msg }) => msg === 'Beginning a term'),
    );

    const messages = (await operator.log()).map(({ msg }) => msg);
    expect(messages).toEqual(expect.arrayContaining(['Serving', 'Leading']));
    await operator.stop();
  });
});

describe('os-proxy', () => {
  let node: NodeView;
  let proxy: ProxyProgram;

  beforeAll(async () => {
    await createNode(test.api, 'n1');
    const created = await cluster.api.getNode('n1');
    if (created === undefined) throw new Error('no node');
    node = created;
    const pod = await logins.makePod(proxyAccount, { generateName: 'os-proxy-', nodeName: 'n1' });
    const kubeconfig = await logins.write(await logins.token(proxyAccount, pod));
    proxy = await ProxyProgram.start(test.plane, kubeconfig, 'n1', node.uid);
  });

  const stored = async (): Promise<OsInstance> => {
    const instance = await cluster.api.getInstance('n1');
    if (instance === undefined) throw new Error('no instance');
    return instance;
  };

  it('waits for its object, then reports node, versions and snapshot', async () => {
    await proxy.publish({ ...fullAgentStatus, revision: 1 });
    await cluster.api.createInstance(node, { nodestatus: 'idle' });
    await until('the report', async () => (await stored()).status.agent !== undefined);

    const { status } = await stored();
    expect(status).toMatchObject({ nodeUid: node.uid, proxyVersion: 'from-source' });
    expect(status.agent).toEqual({ ...fullAgentStatus, revision: 1 });
    expect(status.conditions?.map(({ type }) => type)).toContain('UpToDate');
  });

  it('relays a new snapshot when it is published', async () => {
    await proxy.publish({ ...fullAgentStatus, revision: 2, held: true });

    await until('the news', async () => (await stored()).status.agent?.held === true);
    expect(await proxy.get('/metrics')).toContain('kubeos_agent_held 1');
  });

  it('B-33: acknowledges a phase and tells that the agent cannot be reached', async () => {
    const { operation } = instanceSpec;
    if (operation === undefined) throw new Error('no operation');
    const asked = { ...operation, seq: 99, phase: 'Cancel', nodeUid: node.uid } as const;
    await cluster.api.writeInstance(
      await stored(),
      { nodestatus: 'upgrade', operation: asked },
      true,
    );

    await until('the problem', async () => (await stored()).status.problem !== undefined);
    expect((await stored()).status).toMatchObject({
      acknowledged: { seq: 99, phase: 'Cancel' },
      problem: { seq: 99, phase: 'Cancel', code: 'AGENT_UNREACHABLE' },
    });
  });

  it('B-32: tells at the default level what every part of the program does', async () => {
    expect(await proxy.messages()).toEqual(
      expect.arrayContaining([
        'Serving',
        'Calling the agent',
        'Failed to carry out a phase on the agent',
      ]),
    );
  });

  it('ends in order when it is told to', async () => {
    expect(await proxy.stop()).toBe(0);
    expect(await proxy.messages()).toContain('Stopping');
  });
});
