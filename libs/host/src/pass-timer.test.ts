import { describe, expect, it } from '@jest/globals';
import { createPassTimer } from './pass-timer.ts';

describe('timers of return passes', () => {
  it('are ordered from systemd without waiting for it', async () => {
    const orders: string[] = [];
    const timer = createPassTimer(async (file, args) => {
      orders.push([file, ...args].join(' '));
      return { stdout: '', stderr: '', exitCode: 0 };
    });
    await timer.start();
    await timer.stop();
    expect(orders).toEqual([
      'systemctl start --no-block os-agent-deadline.timer',
      'systemctl stop --no-block os-agent-deadline.timer os-agent-return.timer',
    ]);
  });
});
