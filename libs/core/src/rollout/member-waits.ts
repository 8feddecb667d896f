import type { FleetInput, FleetPlan } from './decide-fleet.ts';
import { gateOf } from './decide-fleet.ts';
import { lineOf, waitInLine } from './line.ts';
import { obstacleOf } from './tally.ts';
import type { WaitReason } from './waiting.ts';

/**
 * What each node waits for that is neither updated nor at work: the plan's `waiting`, node by node. `passedOver` tells why
 * the pods of a node cannot leave, as it did for the tally.
 */
export function memberWaits(
  input: FleetInput,
  plan: FleetPlan,
  passedOver: (node: string) => WaitReason | undefined,
): ReadonlyMap<string, WaitReason> {
  const { os, members, tally } = input;
  const waits = new Map<string, WaitReason>();
  for (const { name, standing } of members) {
    if (standing.kind !== 'waiting' && standing.kind !== 'failed') continue;
    waits.set(name, { reason: standing.reason, message: standing.message });
  }
  const gate = gateOf(input);
  const line = os.spec === undefined || gate ? undefined : lineOf(os.spec, members, tally);
  const inLine = waitInLine(line, gate ?? plan.gate);
  for (const member of [...tally.candidates, ...tally.prepared]) {
    const isPassedOver = tally.passedOver.has(member.name) ? passedOver(member.name) : undefined;
    const isPrepared = member.standing.kind === 'open';
    const own = isPrepared ? (obstacleOf(member) ?? isPassedOver) : isPassedOver;
    waits.set(member.name, own ?? inLine(member));
  }
  return waits;
}
