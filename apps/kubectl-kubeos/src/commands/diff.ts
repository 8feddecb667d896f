/** How nodes differ from what is wanted. */
import {
  groupDiffs,
  isAsWanted,
  nodeCases,
  nodeDiffs,
  type NodeDiff,
  type ObservedCluster,
  type SettingChange,
} from '@kubeos/core/explain';
import type { Os } from '@kubeos/core';
import { observe, type Answer, type CommandContext } from '../context.ts';
import { named, notFound, onlyName } from '../names.ts';
import { machineText } from '../output/machine.ts';
import { tableLines } from '../output/table.ts';
import { wantedOs } from '../wanted-os.ts';

/** Runs `diff`. */
export async function diff(context: CommandContext): Promise<Answer> {
  const observed = await observe(context);
  const diffs = (await diffsOf(context, observed)).filter((one) => !isAsWanted(one));
  const exitCode = diffs.length === 0 ? 0 : 1;
  const { output } = context.options;
  if (output === 'json' || output === 'yaml') {
    return { text: machineText(output, 'NodeDiffList', { items: diffs }), exitCode };
  }
  const lines = diffLines(diffs);
  return { text: lines.map((line) => `${line}\n`).join(''), exitCode };
}

async function diffsOf(
  context: CommandContext,
  observed: ObservedCluster,
): Promise<readonly NodeDiff[]> {
  if (context.options.filename !== undefined) {
    const { os } = await wantedOs(context, observed);
    return nodeDiffs(observed, os);
  }
  const target = named(onlyName(context, '--filename, OS or NODE'), observed, context.namespace);
  if (target.kind === 'os') return nodeDiffs(observed, target.os);
  const os = ownerOf(observed, target.name);
  return nodeDiffs(observed, os).filter(({ node }) => node === target.name);
}

function ownerOf(observed: ObservedCluster, node: string): Os {
  const os = nodeCases(observed).find((known) => known.node.name === node)?.assessment?.os;
  if (os === undefined) throw notFound(`OS that selects ${node}`);
  return os;
}

/** Nodes with the same differences, and those. */
function diffLines(diffs: readonly NodeDiff[]): readonly string[] {
  return groupDiffs(diffs).flatMap(({ nodes, diff: one }, index) => [
    ...(index === 0 ? [] : ['']),
    `${String(nodes.length)} node(s): ${nodes.slice(0, 10).join(', ')}${nodes.length > 10 ? ', ...' : ''}`,
    ...changeLines(one).map((line) => `  ${line}`),
  ]);
}

function changeLines({ version, digest, settings, settingsFault }: NodeDiff): readonly string[] {
  return [
    ...(version === undefined ? [] : [`version: ${version.from ?? '?'} -> ${version.to}`]),
    ...(digest === undefined
      ? []
      : [`image: ${digest.from ?? '?'} -> ${digest.to} (only a new version text brings it)`]),
    ...(settingsFault === undefined ? [] : [`settings: ${settingsFault}`]),
    ...settingLines(settings),
  ];
}

/** A key by line; `?` where only the node knows, `-` where it is removed. */
export function settingLines(settings: readonly SettingChange[]): readonly string[] {
  if (settings.length === 0) return [];
  const rows = settings.map(({ model, path, key, from, to }) =>
    [path === undefined ? model : `${model} ${path}`, key, from ?? '?', to ?? '(removed)'].map(
      (text) => ({ text }),
    ),
  );
  return tableLines(['SETTINGS', 'KEY', 'FROM', 'TO'], rows, false);
}
