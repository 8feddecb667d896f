/** The fleet as it changes: a table that is drawn anew in a terminal, a line for each changed node elsewhere. */
import type { Log, OsInstance } from '@kubeos/core';
import type { NodeState, NodeTimes, ObservedCluster } from '@kubeos/core/explain';
import { createClock, createCluster, type Cluster } from '@kubeos/kube';
import type { CommandContext } from '../context.ts';
import { tableLines } from '../output/table.ts';
import { statesOf, statusCells, statusLines } from './status.ts';

/** Changes come in swarms. */
const pauseMs = 300;
/** Ages go on while nothing changes. */
const redrawMs = 5000;
const clearScreen = '\u001b[H\u001b[J';

/** Shows the fleet until the program is stopped. */
export async function watchStatus(context: CommandContext, first: ObservedCluster): Promise<void> {
  const { api, stop } = context;
  const clock = createClock();
  const cluster = createCluster({ api, clock, log: logTo(context.note), identity: 'kubectl' });
  const show = context.terminal === undefined ? showLines(context) : showScreen(context);
  const times = new Times(first);
  let changed = Promise.withResolvers<void>();
  cluster.onChange(() => changed.resolve());
  const following = cluster.run(stop);
  show(statesOf(context, first), first.wallMs);
  while (!stop.aborted) {
    await Promise.race([changed.promise, asleep(clock, redrawMs, stop)]);
    await asleep(clock, pauseMs, stop);
    changed = Promise.withResolvers();
    if (!isFilled(cluster)) continue;
    const observed = currentOf(context, cluster, first, times);
    show(statesOf(context, observed), observed.wallMs);
  }
  await following;
}

type Show = (states: readonly NodeState[], wallMs: number) => void;

function showScreen(context: CommandContext): Show {
  const { print, terminal } = context;
  return (states, wallMs) => {
    const lines = statusLines(context, states, wallMs);
    const room = Math.max((terminal?.rows ?? 25) - 2, 2);
    const hidden = lines.length - room;
    const more = hidden > 0 ? [`... and ${String(hidden)} more nodes`] : [];
    print(`${clearScreen}${[...lines.slice(0, room), ...more].join('\n')}\n`);
  };
}

/** Columns do not move from line to line: a program may cut them. */
function showLines(context: CommandContext): Show {
  const shown = new Map<string, string>();
  const isWide = context.options.output === 'wide';
  return (states, wallMs) => {
    const news = states.filter((state) => {
      const { since: _since, ...rest } = state;
      const text = JSON.stringify(rest);
      const isNew = shown.get(state.node) !== text;
      shown.set(state.node, text);
      return isNew;
    });
    if (news.length === 0) return;
    const rows = news.map((state) => statusCells(state, wallMs, isWide));
    const [, ...lines] = tableLines(rows[0]?.map(() => '') ?? [], rows, false);
    context.print(`${lines.join('\n')}\n`);
  };
}

/** When phases began: as the server keeps it at the start, and as it is seen afterwards. */
class Times {
  readonly #known: Map<string, NodeTimes>;
  readonly #phases = new Map<string, string>();

  constructor({ times, instances }: ObservedCluster) {
    this.#known = new Map(times);
    for (const instance of instances) this.#phases.set(instance.name, phaseText(instance));
  }

  at(instances: readonly OsInstance[], wallMs: number): ReadonlyMap<string, NodeTimes> {
    for (const instance of instances) {
      const phase = phaseText(instance);
      if (this.#phases.get(instance.name) === phase) continue;
      this.#phases.set(instance.name, phase);
      const known = this.#known.get(instance.name);
      this.#known.set(instance.name, { ...known, phase: new Date(wallMs).toISOString() });
    }
    return this.#known;
  }
}

function phaseText({ spec: { operation } }: OsInstance): string {
  return operation === undefined ? '' : `${String(operation.seq)} ${operation.phase}`;
}

function isFilled({ stores }: Cluster): boolean {
  return Object.values(stores).every((store) => store.isSynced());
}

function currentOf(
  { wallMs }: CommandContext,
  { cache }: Cluster,
  first: ObservedCluster,
  times: Times,
): ObservedCluster {
  const instances = [...cache.instances()];
  const now = wallMs();
  return {
    ...first,
    oses: [...cache.oses()],
    nodes: [...cache.nodes()],
    instances,
    times: times.at(instances, now),
    wallMs: now,
  };
}

async function asleep(
  clock: ReturnType<typeof createClock>,
  milliseconds: number,
  stop: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(milliseconds, stop);
  } catch (interrupted) {
    if (!stop.aborted) throw interrupted;
  }
}

/** An outage is told once, not with every attempt. */
function logTo(note: (text: string) => void): Log {
  let told = '';
  const silent = (): void => undefined;
  const warn: Log['warn'] = ({ error }, message) => {
    const text = `${message}: ${error instanceof Error ? error.message : String(error)}`;
    if (text !== told) note(text);
    told = text;
  };
  return { debug: silent, info: silent, warn, error: warn };
}
