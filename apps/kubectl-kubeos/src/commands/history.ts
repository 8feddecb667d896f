/** What was tried and what happened. */
import {
  ageText,
  historyLines,
  nodeCases,
  type HistoryLine,
  type HistoryScope,
  type NodeCase,
  type ObservedCluster,
} from '@kubeos/core/explain';
import { observeEvents } from '@kubeos/kube';
import { observe, type Answer, type CommandContext } from '../context.ts';
import { named, onlyName } from '../names.ts';
import { machineText } from '../output/machine.ts';
import { clipped, tableLines } from '../output/table.ts';

const messageLength = 100;

/** Runs `history`. */
export async function history(context: CommandContext): Promise<Answer> {
  const [observed, events] = await Promise.all([observe(context), observeEvents(context.api)]);
  const cases = nodeCases(observed);
  const lines = historyLines(cases, events, scopeOf(context, observed, cases));
  const { output } = context.options;
  if (output === 'json' || output === 'yaml') {
    return { text: machineText(output, 'HistoryList', { items: lines }) };
  }
  context.note('Events are kept for an hour unless the API server was told otherwise');
  if (lines.length === 0) {
    context.note('Nothing is known');
    return { text: '' };
  }
  const rows = lines.map((line) => rowOf(line, observed.wallMs, output === 'wide'));
  const header = ['AGO', 'ABOUT', 'TYPE', 'REASON', 'MESSAGE'];
  return { text: `${tableLines(header, rows, false).join('\n')}\n` };
}

function scopeOf(
  context: CommandContext,
  observed: ObservedCluster,
  cases: readonly NodeCase[],
): HistoryScope {
  const { names, namespace, options } = context;
  const isAsked = (os: { readonly namespace: string }): boolean =>
    options.allNamespaces || os.namespace === namespace;
  if (names.length === 0) {
    const oses = observed.oses.filter(isAsked);
    return { oses: keysOf(oses), nodes: nodesOf(cases, new Set(oses.map(({ uid }) => uid))) };
  }
  const target = named(onlyName(context, 'NODE or OS'), observed, namespace);
  return target.kind === 'node'
    ? { oses: new Set(), nodes: new Set([target.name]) }
    : { oses: keysOf([target.os]), nodes: nodesOf(cases, new Set([target.os.uid])) };
}

function keysOf(
  oses: readonly { readonly namespace: string; readonly name: string }[],
): ReadonlySet<string> {
  return new Set(oses.map(({ namespace, name }) => `${namespace}/${name}`));
}

function nodesOf(cases: readonly NodeCase[], uids: ReadonlySet<string>): ReadonlySet<string> {
  const mine = cases.filter(({ assessment }) => uids.has(assessment?.os.uid ?? ''));
  return new Set(mine.map(({ node }) => node.name));
}

function rowOf(
  { time, about, type, reason, message }: HistoryLine,
  wallMs: number,
  isWide: boolean,
) {
  return [
    { text: ageText(time, wallMs) },
    { text: about },
    { text: type, ...(type === 'Warning' ? { tone: 'bad' as const } : {}) },
    { text: reason },
    { text: isWide ? message : clipped(message, messageLength) },
  ];
}
