import { describe, expect, it } from '@jest/globals';
import { Actor, calmWeather, type CallVerdict, type Weather } from './actor.ts';
import { Scheduler } from './scheduler.ts';

function rethrow(thrown: unknown): never {
  throw thrown;
}

function setUp(weather: Weather = calmWeather): { scheduler: Scheduler; actor: Actor } {
  const scheduler = new Scheduler();
  return { scheduler, actor: new Actor('actor', { scheduler, weather: () => weather }) };
}

function always(verdict: CallVerdict): Weather {
  return { latencyMs: () => 5, verdict: () => verdict };
}

describe('Actor', () => {
  it('carries out calls one by one in virtual time', async () => {
    const { scheduler, actor } = setUp({ ...calmWeather, latencyMs: () => 10 });
    const seen: string[] = [];
    actor.spawn(async () => {
      await actor.call('first', () => seen.push(`first at ${String(scheduler.now)}`));
      await actor.sleep(1000);
      await actor.call('second', () => seen.push(`second at ${String(scheduler.now)}`));
    }, rethrow);
    await scheduler.run({});
    expect(seen).toEqual(['first at 10', 'second at 1020']);
  });

  it('never answers after a kill', async () => {
    const { scheduler, actor } = setUp();
    let reached = false;
    actor.spawn(async () => {
      await actor.sleep(1000);
      reached = true;
    }, rethrow);
    scheduler.after(500, () => actor.kill());
    await scheduler.run({});
    expect(reached).toBe(false);
    expect(actor.alive).toBe(false);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('dies %s the effect when the weather says so', async (when, effects) => {
    const { scheduler, actor } = setUp(always({ kind: 'crash', when }));
    let count = 0;
    actor.spawn(() => actor.call('write', () => void (count += 1)), rethrow);
    await scheduler.run({});
    expect(count).toBe(effects);
    expect(actor.alive).toBe(false);
  });

  it('loses an answer whose effect took place', async () => {
    const error = new Error('lost');
    const { scheduler, actor } = setUp(always({ kind: 'fail', when: 'after', error }));
    let count = 0;
    let caught: unknown;
    actor.spawn(async () => {
      try {
        await actor.call('write', () => void (count += 1));
      } catch (thrown) {
        caught = thrown;
      }
    }, rethrow);
    await scheduler.run({});
    expect(count).toBe(1);
    expect(caught).toBe(error);
  });

  it('keeps calls waiting while it is paused', async () => {
    const { scheduler, actor } = setUp();
    let doneAt = 0;
    actor.pause(300);
    actor.spawn(
      () =>
        actor.call('read', () => {
          doneAt = scheduler.now;
        }),
      rethrow,
    );
    await scheduler.run({});
    expect(doneAt).toBe(300);
  });

  it('wakes from sleep with the reason of the signal', async () => {
    const { scheduler, actor } = setUp();
    const abort = new AbortController();
    let caught: unknown;
    actor.spawn(async () => {
      await actor.sleep(10_000, abort.signal).catch((thrown: unknown) => {
        caught = thrown;
      });
    }, rethrow);
    const reason = new Error('enough');
    scheduler.after(100, () => abort.abort(reason));
    await scheduler.run({ untilMs: 200 });
    expect(caught).toBe(reason);
  });
});
