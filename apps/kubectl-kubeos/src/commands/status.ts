/** The fleet as a table. */
import {
  ageText,
  nodeCases,
  nodeState,
  type NodeState,
  type ObservedCluster,
} from '@kubeos/core/explain';
import { observe, type Answer, type CommandContext } from '../context.ts';
import { namedOs } from '../names.ts';
import { machineText } from '../output/machine.ts';
import { clipped, tableLines, type Cell, type Tone } from '../output/table.ts';
import { wrong } from '../command-line.ts';
import { watchStatus } from './status-watch.ts';

/** Longest reason with message in the narrow table. */
const whyLength = 100;

/** Runs `status`. */
export async function status(context: CommandContext): Promise<Answer> {
  const { options } = context;
  if (options.watch && (options.output === 'json' || options.output === 'yaml')) {
    throw wrong('--watch does not go with json or yaml');
  }
  const observed = await observe(context);
  const states = statesOf(context, observed);
  if (options.watch) {
    await watchStatus(context, observed);
    return { text: '' };
  }
  if (options.output === 'json' || options.output === 'yaml') {
    return { text: machineText(options.output, 'NodeStateList', { items: states }) };
  }
  if (states.length === 0) {
    context.note(options.allNamespaces ? 'No nodes found' : nothingIn(context));
    return { text: '' };
  }
  return { text: `${statusLines(context, states, observed.wallMs).join('\n')}\n` };
}

function nothingIn({ namespace, names }: CommandContext): string {
  return names.length > 0
    ? `No nodes are selected by ${names.join(', ')}`
    : `No OS object of namespace ${namespace} selects a node; see all with -A`;
}

/** The nodes that were asked for. */
export function statesOf(
  { names, namespace, options }: CommandContext,
  observed: ObservedCluster,
): readonly NodeState[] {
  const wanted = new Set(names.map((name) => namedOs(name, observed, namespace).uid));
  const isAskedFor = (os: { readonly uid: string; readonly namespace: string } | undefined) => {
    if (wanted.size > 0) return os !== undefined && wanted.has(os.uid);
    return options.allNamespaces || os?.namespace === namespace;
  };
  return nodeCases(observed)
    .filter(({ assessment }) => isAskedFor(assessment?.os))
    .map(nodeState);
}

const narrow = ['NODE', 'VERSION', 'WANTED', 'PHASE', 'PROGRESS', 'SINCE', 'WHY'] as const;
const wide = ['NODE', 'ZONE', 'OS', 'VERSION', 'SLOT', ...narrow.slice(2)] as const;

/** The table of nodes. */
export function statusLines(
  { options, terminal }: CommandContext,
  states: readonly NodeState[],
  wallMs: number,
): readonly string[] {
  const isWide = options.output === 'wide';
  const rows = states.map((state) => statusCells(state, wallMs, isWide));
  return tableLines(isWide ? wide : narrow, rows, terminal?.inColour === true);
}

/** The cells of one node. */
export function statusCells(state: NodeState, wallMs: number, isWide: boolean): readonly Cell[] {
  const { node, zone, os, version, slot, wanted, phase, progress, since } = state;
  const tone = toneOf(state);
  const text = (value: string | undefined): Cell => ({ text: value ?? '' });
  const why = whyText(state);
  return [
    text(node),
    ...(isWide ? [text(zone), text(os)] : []),
    text(version),
    ...(isWide ? [text(slot)] : []),
    text(wanted),
    { text: phase, ...(tone === undefined ? {} : { tone }) },
    text(progress),
    text(ageText(since, wallMs)),
    text(isWide ? why : clipped(why, whyLength)),
  ];
}

/** Reason and message. */
export function whyText({ reason, message }: NodeState): string {
  return [reason, message].filter((part) => part !== '').join(': ');
}

function toneOf({ phase, reason }: NodeState): Tone | undefined {
  if (phase === 'Failed') return 'bad';
  if (phase === 'UpToDate') return reason === '' ? 'good' : 'busy';
  return phase === 'Waiting' || phase === 'NotSelected' ? undefined : 'busy';
}
