/** What happened to nodes and objects, as far as the cluster still knows. */
import { compareText } from '../compare-text.ts';
import type { NodeCase } from './node-state.ts';

/** An event that the API server holds. */
export interface EventRecord {
  /** RFC 3339. */
  readonly time: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** Something that happened. */
export interface HistoryLine {
  /** RFC 3339. */
  readonly time: string;
  /** `event`: from the events; `record`: the last ending of a target, from an `OSInstance`. */
  readonly source: 'event' | 'record';
  /** Such as `os/web` or `node/worker-1`. */
  readonly about: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Whom the history is of. */
export interface HistoryScope {
  readonly nodes: ReadonlySet<string>;
  /** OS objects as `namespace/name`. */
  readonly oses: ReadonlySet<string>;
}

/** Everything about these nodes and objects, oldest first. */
export function historyLines(
  cases: readonly NodeCase[],
  events: readonly EventRecord[],
  { nodes, oses }: HistoryScope,
): readonly HistoryLine[] {
  const told = events
    .filter(({ kind, namespace, name }) =>
      kind === 'OS' ? oses.has(`${namespace}/${name}`) : nodes.has(name),
    )
    .map(lineOfEvent);
  const records = cases.filter(({ node }) => nodes.has(node.name)).flatMap(linesOfRecords);
  const isTold = (record: HistoryLine): boolean =>
    told.some((line) => line.about === record.about && isSameEnding(line, record));
  return [...told, ...records.filter((record) => !isTold(record))].sort((a, b) =>
    compareText(a.time, b.time),
  );
}

/** An ending is told by an event a moment before or after it is recorded. */
function isSameEnding(event: HistoryLine, record: HistoryLine): boolean {
  const apartMs = Math.abs(Date.parse(event.time) - Date.parse(record.time));
  return event.reason === record.reason && apartMs <= 10_000;
}

function lineOfEvent({
  time,
  kind,
  namespace,
  name,
  type,
  reason,
  message,
}: EventRecord): HistoryLine {
  return {
    time,
    source: 'event',
    about: kind === 'OS' ? `os/${namespace}/${name}` : `node/${name}`,
    type: type === 'Warning' ? 'Warning' : 'Normal',
    reason,
    message,
  };
}

function linesOfRecords({ node, instance }: NodeCase): readonly HistoryLine[] {
  return (instance?.spec.history?.entries ?? []).flatMap(
    ({ type, version, settings, activates, attempts, last }): readonly HistoryLine[] => {
      if (last === undefined) return [];
      const what = settings === undefined ? version : `${version}, settings ${settings}`;
      const tries = `attempt ${String(attempts)}, ${String(activates)} of them activated`;
      return [
        {
          time: last.time,
          source: 'record',
          about: `node/${node.name}`,
          type: 'Warning',
          reason: last.reason,
          message: `${type} to ${what}, ${tries}: ${last.message}`,
        },
      ];
    },
  );
}
