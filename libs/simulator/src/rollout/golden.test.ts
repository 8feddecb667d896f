/** Whole rollouts of small fleets, written out for people to read and held against what is kept beside this file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RolloutDurations, RolloutOptions } from './options.ts';
import type { RolloutReport } from './report.ts';
import { watchRollout } from './simulate-rollout.ts';

/** Set to 1 it writes the logs anew; read the difference before you commit it. */
const update = process.env['UPDATE_GOLDEN'] === '1';
const folder = join(import.meta.dirname, 'golden');

/** Far above what any of these rollouts needs, and reached at once by a loop that does not come to rest. */
const mostSteps = 60_000;

const upgrade = {
  osversion: 'KubeOS 2',
  opstype: 'upgrade',
  imagetype: 'disk',
  imageurl: 'https://images.example/kubeos-2.img',
  checksum: '7e'.repeat(32),
  maxunavailable: 2,
};

type Scenario = Pick<RolloutOptions, 'nodes' | 'failures'> & { readonly spec: object };

const scenarios: Readonly<Record<string, Scenario>> = {
  upgrade: { nodes: 9, spec: upgrade },
  'bad-image': { nodes: 9, spec: upgrade, failures: { fraction: 1, kind: 'doesNotBoot' } },
  canary: { nodes: 9, spec: { ...upgrade, maxunavailable: '50%', canary: 2 } },
  serial: { nodes: 6, spec: { ...upgrade, executionmode: 'serial', maxunavailable: 3 } },
  rollback: { nodes: 6, spec: { osversion: 'KubeOS 1', opstype: 'rollback', maxunavailable: 3 } },
  'window-closes': {
    nodes: 6,
    spec: { ...upgrade, timewindow: { starttime: '11:00:00', endtime: '12:05:00' } },
  },
};

const anyOrder: Partial<RolloutDurations> = {
  download: { least: 20, most: 200 },
  verify: { least: 2, most: 30 },
  shutdown: { least: 1, most: 60 },
  bootLoader: { least: 5, most: 40 },
  start: { least: 5, most: 40 },
  ready: { least: 5, most: 60 },
  daemonSets: { least: 0, most: 30 },
  call: { least: 0.001, most: 1 },
  watch: { least: 0, most: 2 },
};

const orders = {
  fixed: { seed: 1 },
  random: { seed: 7, durations: anyOrder },
} as const;

/** Plays a scenario and writes down every step of a node and every turn of the status. */
async function logOf({ spec, ...scenario }: Scenario, order: keyof typeof orders): Promise<string> {
  const lines: string[] = [];
  const write = (seconds: number, who: string, what: readonly string[]): void => {
    const words = what.filter((word) => word !== '').join('  ');
    lines.push(`${seconds.toFixed(1).padStart(8)} s  ${who.padEnd(8)}${words}`.trimEnd());
  };
  let shown = '';
  const report = await watchRollout(
    { os: { spec: { ...spec, nodeselector: 'all-label' } }, ...scenario, ...orders[order] },
    {
      mostSteps,
      onStep: (node, { seconds, step, reason = '', detail = '' }) =>
        write(seconds, node, [step.padEnd(9), reason, detail]),
      onStatus: ({ conditions = [] }, nowMs) => {
        const held = conditions.filter(({ status }) => status === 'True').map(({ type }) => type);
        const ready = conditions.find(({ type }) => type === 'Ready');
        const next = `${held.join(' ')}  ${ready?.status === 'False' ? ready.reason : ''}`;
        if (next !== shown) write(nowMs / 1000, 'OS', [(shown = next)]);
      },
    },
  );
  return `${[...summary(report), '', ...lines].join('\n')}\n`;
}

function summary(report: RolloutReport): readonly string[] {
  return [
    `${report.outcome}: ${report.reason}`,
    report.message,
    `${report.updated} updated, ${report.failed} failed, ${report.nodes} in all`,
    `at most ${report.mostOutOfService} out of service`,
    ...report.timelines.map(({ node, zone, state }) => `${zone}  ${node}  ${state}`),
  ];
}

const cases = Object.entries(scenarios).flatMap(([name, scenario]) =>
  (['fixed', 'random'] as const).map((order) => ({ name, scenario, order })),
);

describe('the golden log', () => {
  it.each(cases)('of $name in $order order is as it was', async ({ name, scenario, order }) => {
    const file = join(folder, `${name}.${order}.golden`);
    const log = await logOf(scenario, order);
    if (update) writeFileSync(file, log);
    const kept = readFileSync(file, 'utf8');
    if (log !== kept) {
      console.error(
        `${file} differs. If that is meant: UPDATE_GOLDEN=1 npm run unit -- golden.test.ts, then read the difference.`,
      );
    }
    expect(log).toBe(kept);
  });
});
