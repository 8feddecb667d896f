/** Two operators that both may believe to lead: together they spend the budget once. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
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

afterAll(() => scene.close(), 60_000);

async function untilLeading(operator: OperatorProgram): Promise<void> {
  await until(`${operator.name} to lead`, async () =>
    (await operator.get('/metrics')).text.includes('kubeos_leading 1'),
  );
}

it('B-25, B-34: a leader stopped in mid admission and one that is killed never exceed the budget', async () => {
  const paused = await scene.startOperator('paused');
  await untilLeading(paused);
  const nodes = await scene.addNodes('pair', 4, { image: v1 });
  const standby = await scene.startOperator('standby');
  const budget = scene.watchBudget(nodes);

  let isStopped = false;
  scene.onChange(() => {
    if (isStopped || (scene.os('pair')?.status.admission?.pending.length ?? 0) === 0) return;
    isStopped = true;
    paused.signal('SIGSTOP');
  });
  await scene.createOs('pair', { ...scene.upgradeTo(v2), maxunavailable: 2 });
  await until('an admission', () => isStopped);
  await untilLeading(standby);
  paused.signal('SIGCONT');
  await until('the first batch', () => (scene.os('pair')?.status.updated ?? 0) >= 2);
  await until('the second batch', () =>
    nodes.some(({ name, boots }) => boots.length === 1 && scene.node(name)?.unschedulable === true),
  );
  await standby.kill();
  await scene.untilUpdated('pair');

  expect(paused.isRunning()).toBe(true);
  expect(budget.most).toHaveLength(2);
  expect(nodes.map(({ boots }) => boots.length)).toEqual([2, 2, 2, 2]);
  const wrong = (await paused.log()).filter(({ level }) => level >= 50);
  expect(wrong).toEqual([]);
}, 240_000);
