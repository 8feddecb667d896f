import { expect, it } from '@jest/globals';
import { KubeosError } from '../errors/index.ts';
import type { Log, LogFields } from '../ports/log.ts';
import type { AgentCalls } from '../ports/proxy.ts';
import { createProxy } from './create-proxy.ts';
import {
  agentStatus,
  FakeClock,
  FakeInstance,
  instance,
  operation,
  settle,
} from './proxy.fixture.ts';

/** Makes one pass beside an agent that does not answer; what it says. */
async function passOver(
  own: FakeInstance,
): Promise<readonly (readonly [message: string, fields: LogFields])[]> {
  const said: (readonly [string, LogFields])[] = [];
  const note: Log['info'] = (fields, message) => said.push([message, fields]);
  const prepare = (): Promise<never> =>
    Promise.reject(new KubeosError('AGENT_UNREACHABLE', 'no answer'));
  const proxy = createProxy({
    instance: own,
    agent: { prepare } as unknown as AgentCalls,
    snapshot: { current: () => agentStatus() },
    clock: new FakeClock(),
    log: { debug: () => undefined, info: note, warn: note, error: note },
    nodeUid: () => 'node-1',
    proxyVersion: '1.0.0',
    wake: () => undefined,
  });
  await proxy.pass();
  await settle();
  return said;
}

it('names node, object and operation in what it says of a call and of failures', async () => {
  const cutOff = new FakeInstance(instance(operation()));
  cutOff.isDown = true;
  const called = await passOver(new FakeInstance(instance(operation())));
  const said = [...called, ...(await passOver(cutOff))];

  expect(said.map(([message]) => message)).toEqual([
    'Calling the agent',
    'Failed to carry out a phase on the agent',
    'Failed to carry out a pass',
  ]);
  for (const [, fields] of said) {
    expect(fields).toMatchObject({
      ...{ node: 'n1', os: 'default/fleet', operation: 'os-1/node-1/7' },
      ...{ seq: 7, phase: 'Prepare' },
    });
  }
});
