/** One node or one OS object in full. */
import { KubeosError } from '@kubeos/core';
import {
  ageText,
  explainNode,
  explainOs,
  type NodeExplanation,
  type NodeState,
  type ObservedCluster,
  type OsExplanation,
  type PodObstacle,
} from '@kubeos/core/explain';
import { observePods } from '@kubeos/kube';
import { observe, type Answer, type CommandContext } from '../context.ts';
import { named, notFound, onlyName } from '../names.ts';
import { machineText } from '../output/machine.ts';
import { sheetLines, tableLines } from '../output/table.ts';
import { whyText } from './status.ts';
import { wrong } from '../command-line.ts';

/** Runs `explain`. */
export async function explain(context: CommandContext): Promise<Answer> {
  if (context.options.output === 'wide') throw wrong('explain has no wide output');
  const word = onlyName(context, 'NODE or OS');
  const observed = await observe(context);
  const target = named(word, observed, context.namespace);
  return target.kind === 'node'
    ? answerNode(context, observed, target.name)
    : answerOs(context, observed, target.os.namespace, target.os.name);
}

async function answerNode(
  context: CommandContext,
  observed: ObservedCluster,
  name: string,
): Promise<Answer> {
  const pods = await observePods(context.api, [name]);
  const told = explainNode({ ...observed, ...pods }, name);
  if (told === undefined) {
    const message = `Node ${name} is of the control plane, which no OS object touches`;
    throw new KubeosError('NOT_FOUND', message);
  }
  const { output } = context.options;
  if (output === 'json' || output === 'yaml') {
    return { text: machineText(output, 'NodeExplanation', told) };
  }
  return { text: `${nodeLines(told, observed.wallMs).join('\n')}\n` };
}

async function answerOs(
  context: CommandContext,
  observed: ObservedCluster,
  namespace: string,
  name: string,
): Promise<Answer> {
  const told = explainOs(observed, namespace, name);
  if (told === undefined) throw notFound(`OS ${namespace}/${name}`);
  const obstacles = await podsInTheWay(context, observed, told);
  const { output } = context.options;
  if (output === 'json' || output === 'yaml') {
    const pods = Object.fromEntries(obstacles);
    return { text: machineText(output, 'OSExplanation', { ...told, pods }) };
  }
  return { text: `${osLines(told, obstacles, observed.wallMs).join('\n')}\n` };
}

/** Nodes whose pods are read for an OS object. */
const mostNodes = 5;

async function podsInTheWay(
  { api }: CommandContext,
  observed: ObservedCluster,
  { groups, atWork }: OsExplanation,
): Promise<ReadonlyMap<string, readonly PodObstacle[]>> {
  const blocked = groups
    .filter(({ runbook }) => runbook === 'drain')
    .flatMap(({ nodes }) => nodes)
    .concat(atWork.filter(({ phase }) => phase === 'Drain').map(({ node }) => node))
    .slice(0, mostNodes);
  if (blocked.length === 0) return new Map();
  const withPods = { ...observed, ...(await observePods(api, blocked)) };
  return new Map(blocked.map((node) => [node, explainNode(withPods, node)?.pods ?? []]));
}

function nodeLines(told: NodeExplanation, wallMs: number): readonly string[] {
  const {
    node,
    os = '',
    zone,
    wanted = '',
    phase,
    progress = '',
    lastFailure,
    operation = '',
  } = told;
  return [
    ...sheetLines([
      ['Node', node],
      ['Zone', zone],
      ['OS', os],
      ['Version', versionText(told)],
      ['Wanted', wanted],
      ['Phase', progress === '' ? phase : `${phase}, ${progress}`],
      ['Since', ageText(told.since, wallMs)],
      ...adviceEntries(told),
      ['Operation', operation],
      ['Last failure', lastFailure === undefined ? '' : failureText(lastFailure)],
    ]),
    ...podLines(told.pods ?? []),
    ...conditionLines(told.conditions, wallMs),
  ];
}

function versionText({ version = '', slot }: NodeState): string {
  return slot === undefined ? version : `${version} (slot ${slot})`;
}

type Advised = Pick<OsExplanation, 'reason' | 'message' | 'meaning' | 'unblocks' | 'runbook'>;

function adviceEntries(told: Advised): readonly (readonly [string, string])[] {
  const { reason, message, meaning, unblocks, runbook } = told;
  return [
    ['Reason', reason],
    ['Because', message],
    ['Meaning', meaning],
    ['What ends it', unblocks],
    ['Runbook', runbook === undefined ? '' : `docs/runbooks/${runbook}.md`],
  ];
}

function failureText({ code, message, evidence }: NonNullable<NodeExplanation['lastFailure']>) {
  const attempts = evidence?.attemptsUsed;
  const stage = evidence?.lastStage;
  const details = [
    attempts === undefined ? '' : `${String(attempts)} boot attempts used`,
    stage === undefined ? '' : `last stage ${stage}`,
  ].filter((text) => text !== '');
  return `${code}: ${message}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}

function podLines(pods: readonly PodObstacle[]): readonly string[] {
  if (pods.length === 0) return [];
  const rows = pods.map(({ pod, budgets, why }) =>
    [pod, budgets.join(', '), why].map((text) => ({ text })),
  );
  return [
    '',
    'Pods that would not leave:',
    ...indented(tableLines(['POD', 'BUDGET', 'WHY'], rows, false)),
  ];
}

function conditionLines(
  conditions: NodeExplanation['conditions'],
  wallMs: number,
): readonly string[] {
  if (conditions.length === 0) return [];
  const rows = conditions.map(({ type, status, reason, message, lastTransitionTime }) =>
    [type, status, reason, ageText(lastTransitionTime, wallMs), message].map((text) => ({ text })),
  );
  const header = ['TYPE', 'STATUS', 'REASON', 'SINCE', 'MESSAGE'];
  return ['', 'Conditions:', ...indented(tableLines(header, rows, false))];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

function osLines(
  told: OsExplanation,
  obstacles: ReadonlyMap<string, readonly PodObstacle[]>,
  wallMs: number,
): readonly string[] {
  const { os, wanted, counts, since, groups, atWork, failed, conditions } = told;
  const { nodes, updated, waiting } = counts;
  return [
    ...sheetLines([
      ['OS', os],
      ['Wanted', wanted],
      [
        'Nodes',
        `${String(nodes)}: ${String(updated)} up to date, ${String(counts.atWork)} at work, ${String(waiting)} waiting, ${String(counts.failed)} failed`,
      ],
      ['Since', ageText(since, wallMs)],
      ...adviceEntries(told),
    ]),
    ...groups.flatMap((group) => [
      '',
      `${String(group.nodes.length)} waiting, ${group.reason}: ${group.nodes.slice(0, 10).join(', ')}${group.nodes.length > 10 ? ', ...' : ''}`,
      ...indented([group.message, group.unblocks].filter((text) => text !== '')),
    ]),
    ...nodeList('At work:', atWork, wallMs),
    ...nodeList('Failed:', failed, wallMs),
    ...[...obstacles].flatMap(([node, pods]) =>
      pods.length === 0 ? [] : ['', `On ${node}:`, ...podLines(pods).slice(1)],
    ),
    ...conditionLines(conditions, wallMs),
  ];
}

function nodeList(title: string, states: readonly NodeState[], wallMs: number): readonly string[] {
  if (states.length === 0) return [];
  const rows = states.map((state) =>
    [
      state.node,
      state.phase,
      state.progress ?? '',
      ageText(state.since, wallMs),
      whyText(state),
    ].map((text) => ({ text })),
  );
  const header = ['NODE', 'PHASE', 'PROGRESS', 'SINCE', 'WHY'];
  return ['', title, ...indented(tableLines(header, rows, false))];
}
