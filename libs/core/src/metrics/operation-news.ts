/** What a change of an `OSInstance` tells of how operations end. */
import type { HistoryEntry, Operation, OperationEnding, OperationType } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import { keepsSlot } from '../lifecycle/course.ts';

/** What ended. */
export interface OperationNews {
  readonly finished?: { readonly type: OperationType; readonly result: OperationEnding['result'] };
  /** Reason of a failure that was not known before. One that is only lost so far is told too. */
  readonly failure?: string;
  /** The node is back in its old slot, after it had booted the new one or had tried to. */
  readonly fellBack: boolean;
}

type Last = NonNullable<HistoryEntry['last']>;

const returns: ReadonlySet<string> = new Set(['bad', 'unconfirmed', 'interrupted']);

/** Compares an instance with what it was; of one that is seen for the first time nothing is news. */
export function operationNews(
  before: OsInstance | undefined,
  after: OsInstance | undefined,
): OperationNews {
  if (before === undefined) return { fellBack: false };
  const failure = after === undefined ? undefined : newFailure(before, after);
  const { operation } = before.spec;
  const isOver =
    operation !== undefined && after !== undefined && after.spec.operation?.seq !== operation.seq;
  const result = isOver ? resultOf(operation, after) : undefined;
  return {
    ...(operation === undefined || result === undefined
      ? {}
      : { finished: { type: operation.type, result } }),
    ...(failure === undefined ? {} : { failure: failure.reason }),
    fellBack: operation !== undefined && failure !== undefined && isReturn(operation, failure),
  };
}

function newFailure(before: OsInstance, after: OsInstance): Last | undefined {
  const known = new Set(lastsOf(before).map(textOf));
  return lastsOf(after).find((last) => !known.has(textOf(last)));
}

function lastsOf({ spec }: OsInstance): readonly Last[] {
  return (spec.history?.entries ?? []).flatMap(({ last }) => last ?? []);
}

function textOf({ seq, reason }: Last): string {
  return `${String(seq)} ${reason}`;
}

/** Some are closed without having been given back: what their history says of them is the ending. */
function resultOf({ ending, seq }: Operation, after: OsInstance): OperationEnding['result'] {
  if (ending !== undefined) return ending.result;
  return lastsOf(after).some((last) => last.seq === seq) ? 'Failed' : 'Succeeded';
}

function isReturn(operation: Operation, failure: Last): boolean {
  const hasActivated = operation.bootIdBefore !== undefined && !keepsSlot(operation);
  return failure.seq === operation.seq && hasActivated && returns.has(failure.class);
}
