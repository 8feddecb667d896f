import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, settle } from '@kubeos/testing';
import { createDoorbell, type Doorbell } from './doorbell.ts';

describe('the doorbell', () => {
  const never = new AbortController().signal;
  let clock: ManualClock;
  let bell: Doorbell;
  beforeEach(() => {
    clock = new ManualClock();
    bell = createDoorbell(clock);
  });

  async function isOver(wait: Promise<void>): Promise<boolean> {
    let over = false;
    void wait.then(() => (over = true));
    await settle();
    return over;
  }

  it('waits for its time', async () => {
    const wait = bell.wait(1000, never);

    expect(await isOver(wait)).toBe(false);
    await clock.advance(1000);
    expect(await isOver(wait)).toBe(true);
  });

  it('ends a wait when it is rung', async () => {
    const wait = bell.wait(1000, never);
    bell.ring();

    expect(await isOver(wait)).toBe(true);
    expect(await isOver(bell.wait(1000, never))).toBe(false);
  });

  it('remembers that it was rung while nobody waited', async () => {
    bell.ring();
    bell.ring();

    expect(await isOver(bell.wait(1000, never))).toBe(true);
    expect(await isOver(bell.wait(1000, never))).toBe(false);
  });

  it('ends a wait with the signal', async () => {
    const stop = new AbortController();
    const wait = bell.wait(1000, stop.signal);
    stop.abort();

    expect(await isOver(wait)).toBe(true);
  });
});
