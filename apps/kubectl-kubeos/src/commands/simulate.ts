/** The rollout played to its end by the real programs around models of the nodes. */
import { KubeosError, type Os, type OsSpec } from '@kubeos/core';
import {
  durationText,
  type ObservedCluster,
  type RolloutForecast,
  type StepSeconds,
} from '@kubeos/core/explain';
import {
  simulateRollout,
  type NodeTimeline,
  type RolloutDurations,
  type RolloutReport,
  type RolloutStep,
} from '@kubeos/simulator';
import type { Answer, CommandContext } from '../context.ts';
import { machineText } from '../output/machine.ts';
import { sheetLines, tableLines } from '../output/table.ts';

/** Plays what the forecast says is still to be done. */
export async function simulate(
  { options }: CommandContext,
  os: Os,
  forecast: RolloutForecast,
  observed: ObservedCluster,
  assumed: StepSeconds,
): Promise<Answer> {
  const { spec } = os;
  if (spec === undefined || spec.type === 'config') {
    throw new KubeosError('UNSUPPORTED', '--simulate plays upgrades and rollbacks, not settings');
  }
  if (forecast.nodes.length === 0) {
    throw new KubeosError(
      'UNSUPPORTED',
      '--simulate has nothing to play: no node would be reached',
    );
  }
  const report = await simulateRollout({
    os: specToPlay(spec, forecast),
    nodes: forecast.nodes.map(({ node: name, zone }) => ({
      name,
      ...(zone === '' ? {} : { zone }),
    })),
    durations: durationsOf(assumed),
    podsPerNode: Math.ceil(forecast.evictions / forecast.nodes.length),
    seed: options.seed,
    startsAt: new Date(observed.wallMs).toISOString(),
  });
  const { output } = options;
  if (output === 'json' || output === 'yaml') {
    return { text: machineText(output, 'RolloutReport', report) };
  }
  return { text: `${reportLines(os, forecast, report).join('\n')}\n` };
}

/** The nodes that are played are fewer than those that are selected: what is a share of these is a number of those. */
function specToPlay(spec: OsSpec, { budget }: RolloutForecast): OsSpec {
  return { ...spec, paused: false, maxUnavailable: { count: budget } };
}

/** The shares of a reboot, as the simulator has them. */
function durationsOf({ download, verify, drain, reboot }: StepSeconds): Partial<RolloutDurations> {
  return {
    ...{ download, verify, podShutdown: drain },
    ...{
      shutdown: reboot * 0.23,
      bootLoader: reboot * 0.31,
      start: reboot * 0.23,
      ready: reboot * 0.23,
    },
  };
}

function reportLines(
  os: Os,
  { asWanted, blocked }: RolloutForecast,
  report: RolloutReport,
): readonly string[] {
  const { outcome, reason, message, nodes, updated, failed, mostOutOfService } = report;
  return [
    ...sheetLines([
      ['OS', `${os.namespace}/${os.name}`],
      ['Outcome', reason === '' ? outcome : `${outcome}: ${reason}`],
      ['Message', message],
      ['Played', `${String(nodes)} nodes: ${String(updated)} updated, ${String(failed)} failed`],
      ['Left out', `${String(asWanted.length)} as wanted, ${String(blocked.length)} blocked`],
      ['At once', `${String(mostOutOfService)} out of service at most`],
      ['Took', durationText(report.durationSeconds)],
    ]),
    '',
    ...timelineLines(report.timelines),
  ];
}

const steps = ['prepared', 'admitted', 'drained', 'booted', 'confirmed', 'givenBack'] as const;

function timelineLines(timelines: readonly NodeTimeline[]): readonly string[] {
  const rows = timelines.map(({ node, zone, state, entries }) => [
    { text: node },
    { text: zone },
    { text: state },
    ...steps.map((step) => ({ text: momentOf(entries, step) })),
  ]);
  return tableLines(
    ['NODE', 'ZONE', 'STATE', ...steps.map((step) => step.toUpperCase())],
    rows,
    false,
  );
}

function momentOf(entries: NodeTimeline['entries'], step: RolloutStep): string {
  const entry = entries.findLast((one) => one.step === step);
  return entry === undefined ? '' : durationText(entry.seconds);
}
