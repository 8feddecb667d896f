/** The line of nodes that nothing of their own holds up: whose turn it is, and what the others wait for. */
import type { OsSpec } from '../api/os.ts';
import { canaryCount } from './budget.ts';
import type { Member } from './fleet.ts';
import type { Tally } from './tally.ts';
import { WaitingCounts, type WaitingMembers, type WaitReason } from './waiting.ts';

/** Whose turn it is. */
export interface Line {
  /** False for all but the canaries while one of those is not given back. */
  readonly isAllowed: (member: Member) => boolean;
  /** Allowed, and in the batch where there are batches. */
  readonly isInTurn: (member: Member) => boolean;
  /** Why it is not the member's turn; `undefined` when it is. */
  readonly notInTurn: (member: Member) => WaitReason | undefined;
}

const notInBatch: WaitReason = { reason: 'NotInBatch', message: 'Waiting for a later batch' };

const queued: WaitReason = { reason: 'Queued', message: 'Waiting for its turn' };

/** Reasons that only speak of the line; what holds up those before it says more. */
export const lineReasons: ReadonlySet<string> = new Set(['Queued', 'NotInBatch']);

/** The first nodes in order, which go before all others. */
export function canariesOf(
  spec: OsSpec,
  members: readonly Member[],
  { selected }: Tally,
): readonly Member[] {
  const count = canaryCount(spec.canary, selected);
  return count === 0 ? [] : members.filter((member) => member.selected).slice(0, count);
}

/** The line of an object that may start nodes. */
export function lineOf(spec: OsSpec, members: readonly Member[], tally: Tally): Line {
  const canaries = canariesOf(spec, members, tally);
  const pending = canaries.find(({ standing }) => standing.kind !== 'updated');
  const names = new Set(canaries.map(({ name }) => name));
  const canaryPending = pending === undefined ? undefined : waitForCanary(pending);
  const isParallel = spec.executionMode === 'parallel';
  const isAllowed = ({ name }: Member): boolean => pending === undefined || names.has(name);
  const isInTurn = (member: Member): boolean => isAllowed(member) && (isParallel || member.inBatch);
  return {
    isAllowed,
    isInTurn,
    notInTurn: (member) => {
      if (isInTurn(member)) return undefined;
      return isAllowed(member) ? notInBatch : canaryPending;
    },
  };
}

function waitForCanary({ name, standing }: Member): WaitReason {
  const why = standing.kind === 'waiting' ? `: ${standing.message}` : '';
  return { reason: 'CanaryPending', message: `Canary ${name} comes first${why}` };
}

/** What those wait for whom nothing of their own holds up; without a line nobody's turn comes. */
export function waitInLine(
  line: Line | undefined,
  gate: WaitReason | undefined,
): (member: Member) => WaitReason {
  return (member) => line?.notInTurn(member) ?? gate ?? queued;
}

/** Everybody who waits: beside those that something of their own holds up, the line, each for the reason given. */
export function withLine(
  tally: Tally,
  reasonOf: (member: Member) => WaitReason,
): readonly WaitingMembers[] {
  const counts = new WaitingCounts(tally.waiting);
  for (const member of tally.able) counts.add(member.name, reasonOf(member));
  for (const member of tally.candidates) {
    if (!tally.passedOver.has(member.name)) counts.add(member.name, reasonOf(member));
  }
  return counts.result();
}
