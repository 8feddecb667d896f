/** What an OS object would do. */
import type { Os } from '@kubeos/core';
import {
  assumedStepSeconds,
  durationText,
  forecastRollout,
  groupDiffs,
  nodeDiffs,
  type NodeDiff,
  type RolloutForecast,
  type StepSeconds,
} from '@kubeos/core/explain';
import { observePods } from '@kubeos/kube';
import { observe, type Answer, type CommandContext } from '../context.ts';
import { machineText } from '../output/machine.ts';
import { sheetLines, tableLines } from '../output/table.ts';
import { wantedOs, type WantedOs } from '../wanted-os.ts';
import { settingLines } from './diff.ts';
import { simulate } from './simulate.ts';

/** Runs `plan`. */
export async function plan(context: CommandContext): Promise<Answer> {
  const [seen, pods] = await Promise.all([observe(context), observePods(context.api, 'all')]);
  const observed = { ...seen, ...pods };
  const wanted = await wantedOs(context, observed);
  const assumed = { ...assumedStepSeconds, ...context.options.assume };
  const forecast = forecastRollout(observed, wanted.os, assumed);
  if (context.options.simulate) return simulate(context, wanted.os, forecast, observed, assumed);
  const diffs = nodeDiffs(observed, wanted.os);
  const { output } = context.options;
  if (output === 'json' || output === 'yaml') {
    const { namespace, name } = wanted.os;
    const answer = { os: `${namespace}/${name}`, assumed, ...forecast, differences: diffs };
    return { text: machineText(output, 'RolloutForecast', answer) };
  }
  return { text: `${planLines(wanted, forecast, diffs, assumed).join('\n')}\n` };
}

function planLines(
  { os, current }: WantedOs,
  forecast: RolloutForecast,
  diffs: readonly NodeDiff[],
  assumed: StepSeconds,
): readonly string[] {
  const { nodes, asWanted, blocked, budget, batches, reboots, evictions } = forecast;
  const selected = nodes.length + asWanted.length + blocked.length;
  const isEndless = nodes.length === 0;
  return [
    ...sheetLines([
      ['OS', `${os.namespace}/${os.name}`],
      ['Wanted', wantedText(os)],
      ['Instead of', current === undefined ? 'nothing: the object is new' : wantedText(current)],
      [
        'Nodes',
        `${String(selected)}: ${String(asWanted.length)} as wanted, ${String(nodes.length)} to go, ${String(blocked.length)} blocked`,
      ],
      ['At once', `${String(budget)} out of service at most`],
      ['Batches', String(batches)],
      ['Reboots', `${os.spec?.type === 'config' ? 'up to ' : ''}${String(reboots)}`],
      ['Evictions', `${String(evictions)} pods`],
      ['Starts', startText(forecast)],
      [
        'Takes',
        isEndless ? '' : `about ${durationText(forecast.durationSeconds)}, ${assumedText(assumed)}`,
      ],
      ['Way back', wayBackText(os, forecast)],
    ]),
    ...orderLines(forecast),
    ...blockedLines(forecast),
    ...settingsLines(diffs),
  ];
}

function wantedText({ spec }: Os): string {
  if (spec === undefined) return 'nothing: the object is not valid';
  const { type, version, sysconfigs } = spec;
  return type === 'config'
    ? `config of ${version} with settings ${sysconfigs?.version ?? ''}`
    : `${type} to ${version}`;
}

function startText({ isPaused, waitsForWindowSeconds }: RolloutForecast): string {
  const parts = [
    isPaused ? 'when it is resumed (spec.paused is set)' : '',
    waitsForWindowSeconds > 0
      ? `in ${durationText(waitsForWindowSeconds)}, when the window opens`
      : '',
  ].filter((part) => part !== '');
  return parts.join('; ') || 'at once';
}

function assumedText({ download, verify, drain, reboot }: StepSeconds): string {
  return `if download=${String(download)},verify=${String(verify)},drain=${String(drain)},reboot=${String(reboot)} (seconds)`;
}

/** Preparing overwrites what could be gone back to. */
function wayBackText({ spec }: Os, { nodes }: RolloutForecast): string {
  return spec?.type === 'upgrade' && nodes.length > 0
    ? 'the slot that is written loses the version before the running one; what runs now stays in the other'
    : '';
}

function orderLines({ nodes }: RolloutForecast): readonly string[] {
  if (nodes.length === 0) return [];
  const rows = nodes.map(({ batch, node, zone, startsSeconds, endsSeconds, evictions, reboots }) =>
    [
      batch === 0 ? 'at work' : String(batch),
      node,
      zone,
      durationText(startsSeconds),
      durationText(endsSeconds),
      String(evictions),
      reboots ? 'yes' : 'no',
    ].map((text) => ({ text })),
  );
  const header = ['BATCH', 'NODE', 'ZONE', 'OUT AFTER', 'BACK AFTER', 'EVICTS', 'REBOOTS'];
  return ['', ...tableLines(header, rows, false)];
}

function blockedLines({ blocked }: RolloutForecast): readonly string[] {
  if (blocked.length === 0) return [];
  const rows = blocked.map(({ node, reason, message, unblocks, runbook }) =>
    [node, reason, message, `${unblocks} (docs/runbooks/${runbook ?? 'README'}.md)`].map(
      (text) => ({ text }),
    ),
  );
  const header = ['NODE', 'BLOCKED', 'WHY', 'WHAT ENDS IT'];
  return ['', ...tableLines(header, rows, false)];
}

function settingsLines(diffs: readonly NodeDiff[]): readonly string[] {
  const withSettings = diffs
    .filter(({ settings }) => settings.length > 0)
    .map(({ node, settings }): NodeDiff => ({ node, settings }));
  return groupDiffs(withSettings).flatMap(({ nodes, diff }) => [
    '',
    `${String(nodes.length)} node(s): ${nodes.slice(0, 10).join(', ')}${nodes.length > 10 ? ', ...' : ''}`,
    ...settingLines(diff.settings).map((line) => `  ${line}`),
  ]);
}
