/** Which candidates can be drained at all; the others are passed over before they are cordoned. */
import type { Os } from '../api/os.ts';
import type { Requeue } from '../lifecycle/requeue.ts';
import { evictionFeasibility, planDrain } from '../drain/index.ts';
import type { Candidate, WaitReason } from '../rollout/tally.ts';
import type { OperatorContext } from './context.ts';

/** Seconds for which a candidate that cannot be drained is passed over. */
const passOverSeconds = 30;
/** Candidates looked at in one pass beyond those that are needed, so that a pass stays short in a blocked fleet. */
const extraLooks = 16;

/** Why the node was passed over, while that is still believed. */
export function passedOverReason(
  { memory, clock }: OperatorContext,
  node: string,
): WaitReason | undefined {
  const known = memory.passedOver.get(node);
  if (known === undefined) return undefined;
  if (clock.now().monotonicMs < known.untilMs) return known;
  memory.passedOver.delete(node);
  return undefined;
}

/** The first candidates, in order and at most so many, whose pods can be evicted now. */
export async function findEvictable(
  context: OperatorContext,
  os: Os,
  candidates: readonly Candidate[],
  count: number,
): Promise<readonly Candidate[]> {
  const chosen: Candidate[] = [];
  let looks = 0;
  for (const candidate of candidates) {
    if (chosen.length >= count || looks >= count + extraLooks) break;
    if (passedOverReason(context, candidate.member.name) !== undefined) continue;
    looks += 1;
    const obstacle = await obstacleOn(context, os, candidate.member.name);
    if (obstacle === undefined) chosen.push(candidate);
    else passOver(context, candidate.member.name, obstacle);
  }
  return chosen;
}

/** When the first of these nodes that was passed over has to be looked at again: no watch tells of pods and budgets. */
export function lookAgain({ memory, clock }: OperatorContext, nodes: readonly string[]): Requeue {
  const moments = nodes.flatMap((node) => memory.passedOver.get(node)?.untilMs ?? []);
  if (moments.length === 0) return { kind: 'onChange' };
  const leftMs = Math.max(Math.min(...moments) - clock.now().monotonicMs, 0);
  return { kind: 'after', seconds: leftMs / 1000 };
}

function passOver({ memory, clock, log }: OperatorContext, node: string, why: WaitReason): void {
  const untilMs = clock.now().monotonicMs + passOverSeconds * 1000;
  memory.passedOver.set(node, { ...why, untilMs });
  log.info({ node, reason: why.reason, detail: why.message }, 'Passing over node');
}

async function obstacleOn(
  { api, settings }: OperatorContext,
  os: Os,
  node: string,
): Promise<WaitReason | undefined> {
  const pods = await api.listPods(node);
  const plan = planDrain(pods, { force: os.spec?.force ?? false, isSpared: settings.isSpared });
  const namespaces = [...new Set(plan.evict.map((pod) => pod.namespace))].sort();
  const budgets = namespaces.length === 0 ? [] : await api.listBudgets(namespaces);
  const answer = evictionFeasibility(plan, budgets);
  return answer.feasible ? undefined : { reason: answer.reason, message: answer.message };
}
