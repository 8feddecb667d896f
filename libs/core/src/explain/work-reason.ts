import type { Operation } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import { decideOperation } from '../lifecycle/decide-operation.ts';
import { neededRenewals } from '../lifecycle/confirm.ts';
import type { WaitReason } from '../rollout/waiting.ts';
import type { NodeCase } from './node-state.ts';

/**
 * What an open operation waits for: by the decision of the operator on the facts of this moment, as far as these show it.
 * What only the operator has seen, such as how long something has been so or what an eviction was answered, it has told in
 * condition Progressing, a few seconds later at the most. `undefined` when neither says anything.
 */
export function workReason(known: NodeCase, operation: Operation): WaitReason | undefined {
  const told = toldReason(known.instance, operation);
  if (told?.reason === 'NodeLost') return told;
  return decidedReason(known, operation) ?? told;
}

function decidedReason(
  { node, instance, assessment, member }: NodeCase,
  operation: Operation,
): WaitReason | undefined {
  if (instance === undefined) return undefined;
  const os = assessment?.os.uid === operation.osUid ? assessment.os : undefined;
  return decideOperation({
    ...{ operation, instance, node, os },
    selected: member?.selected === true,
    // Nobody else knows how much of this there was: it is left to what the operator says.
    leaseRenewals: neededRenewals,
    evicting: true,
    witnessed: true,
    wallTime: '',
    isSpared: () => false,
    since: () => 0,
  }).waiting;
}

function toldReason(
  instance: OsInstance | undefined,
  { phase }: Operation,
): WaitReason | undefined {
  const told = instance?.status.conditions?.find(({ type }) => type === 'Progressing');
  // The name of the phase is what it says before it knows more.
  if (told?.status !== 'True' || told.reason === phase) return undefined;
  return { reason: told.reason, message: told.message };
}
