import { expect, it } from '@jest/globals';
import { watchRollout } from './simulate-rollout.ts';

it('keeps the status small in a fleet that is larger than its lists', async () => {
  let mostBytes = 0;
  let mostPending = 0;
  const digest = 'a'.repeat(64);
  const report = await watchRollout(
    {
      os: {
        spec: {
          osversion: 'KubeOS 2',
          opstype: 'upgrade',
          imagetype: 'disk',
          imageurl: 'https://images.example/two',
          checksum: digest,
          maxunavailable: 100,
          maxFailures: 100,
        },
      },
      nodes: 100,
      failures: { fraction: 0.2, kind: 'doesNotBoot' },
      seed: 1,
    },
    {
      onStep: () => undefined,
      onStatus: (status) => {
        mostBytes = Math.max(mostBytes, JSON.stringify(status).length);
        mostPending = Math.max(mostPending, status.admission?.pending.length ?? 0);
      },
      mostSteps: Infinity,
    },
  );
  expect(report.nodes).toBe(100);
  expect(mostPending).toBe(64);
  expect(mostBytes).toBeGreaterThan(0);
  expect(mostBytes).toBeLessThan(32 * 1024);
}, 60_000);
