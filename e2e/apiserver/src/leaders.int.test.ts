/** Two operators that both may believe to lead: together they spend the budget once. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { BudgetWatch } from './budget-watch.fixture.ts';
import type { FastNode } from './fast-node/fast-node.ts';
import { fastImage } from './fast-node/images.ts';
import type { OperatorProgram } from './operator-program.fixture.ts';
import { Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
}, 600_000);

afterAll(() => scene.close(), 180_000);

async function untilLeading(operator: OperatorProgram): Promise<void> {
  await until(`${operator.name} to lead`, () => operator.leads());
}

/** Nodes that the ticket of an `OS` names, read past every cache. */
async function pendingOf(os: string): Promise<readonly string[]> {
  const path = 'jsonpath={.status.admission.pending[*].node}';
  return (await scene.kubectl('get', 'os', os, '-o', path)).split(' ').filter(Boolean);
}

/** Sends the leader a signal as soon as a ticket with nodes in it is seen. */
async function signalInAdmission(
  operator: OperatorProgram,
  os: string,
  signal: NodeJS.Signals,
): Promise<void> {
  let isSent = false;
  scene.onChange(() => {
    if (isSent || (scene.os(os)?.status.admission?.pending.length ?? 0) === 0) return;
    isSent = true;
    operator.signal(signal);
  });
  await until('an admission', () => isSent);
}

it('B-25, B-34: a leader stopped in mid admission and one that is killed never exceed the budget', async () => {
  const paused = await scene.startOperator('paused');
  await untilLeading(paused);
  const standby = await scene.startOperator('standby');

  // The ticket stands for a moment only: a leader that was stopped after it is let go, and the next object is waited for.
  let [group, nodes, budget] = await beginPair(1);
  for (let attempt = 2; ; attempt += 1) {
    await signalInAdmission(paused, group, 'SIGSTOP');
    if ((await pendingOf(group)).length > 0) break;
    paused.signal('SIGCONT');
    expect(attempt).toBeLessThanOrEqual(6);
    await scene.untilUpdated(group);
    [group, nodes, budget] = await beginPair(attempt);
  }
  await untilLeading(standby);
  paused.signal('SIGCONT');
  await until('the first batch', () => (scene.os(group)?.status.updated ?? 0) >= 2);
  await until('the second batch', () =>
    nodes.some(({ name, boots }) => boots.length === 1 && scene.node(name)?.unschedulable === true),
  );
  await standby.kill();
  await scene.untilUpdated(group);

  expect(paused.isRunning()).toBe(true);
  expect(budget.most).toHaveLength(2);
  expect(nodes.map(({ boots }) => boots.length)).toEqual([2, 2, 2, 2]);
  const wrong = (await paused.log()).filter(({ level }) => level >= 50);
  expect(wrong).toEqual([]);
  expect(await paused.stop()).toBe(0);
}, 600_000);

it('a leader that is told to end with a pass at work leaves what its successor carries on', async () => {
  const first = await scene.startOperator('told');
  await untilLeading(first);
  const nodes = await scene.addNodes('told', 4, { image: v1 });
  const budget = scene.watchBudget(nodes);
  await scene.createOs('told', { ...scene.upgradeTo(v2), maxunavailable: 2 });
  await signalInAdmission(first, 'told', 'SIGTERM');
  await until('its end', () => !first.isRunning());
  expect(await first.stop()).toBe(0);
  const second = await scene.startOperator('successor');
  await scene.untilUpdated('told');

  expect(budget.most).toHaveLength(2);
  expect(nodes.map(({ boots }) => boots.length)).toEqual([2, 2, 2, 2]);
  const log = [...(await first.log()), ...(await second.log())];
  expect(log.filter(({ level }) => level >= 50)).toEqual([]);
}, 600_000);

async function beginPair(
  number: number,
): Promise<[group: string, nodes: FastNode[], budget: BudgetWatch]> {
  const group = `pair${String(number)}`;
  const nodes = await scene.addNodes(group, 4, { image: v1 });
  const budget = scene.watchBudget(nodes);
  await scene.createOs(group, { ...scene.upgradeTo(v2), maxunavailable: 2 });
  return [group, nodes, budget];
}
