/** Confirm, by the cluster or by a person. */
import type { ConfirmRequest } from './agent.ts';
import { answer, answerOf, refuse, type Decision } from './decision.ts';
import { hasSettingsTrial, settingsCommit } from './decide-configure.ts';
import { commitChange } from './decide-trial.ts';
import { placeOf, type Place } from './order.ts';
import type { RecordedOperation } from './record.ts';
import { isInTrial, type KnownWorld } from './world.ts';

/** Commits only what the caller has seen: this operation, this boot, this slot with this content. */
export function decideConfirm(world: KnownWorld, request: ConfirmRequest): Decision {
  const place = placeOf(world, request, 'Confirm');
  if (place.kind === 'refused' || place.kind === 'recorded') return place.decision;
  const { booted, facts, record, vars } = world;
  if (request.slot === undefined) return confirmSettings(world, request, place);
  if (!isInTrial(world)) {
    return refuse('CONFIRM_MISMATCH', `The running slot ${booted} is not on trial`, {
      slot: booted,
    });
  }
  const { slotDigest } = record.slots[booted];
  const isSeen =
    request.seq === vars.seq &&
    request.bootId === facts.bootId &&
    request.slot === booted &&
    slotDigest !== undefined &&
    request.slotDigest === slotDigest;
  if (!isSeen) {
    return refuse('CONFIRM_MISMATCH', 'The running trial is not the one that was judged', {
      seq: vars.seq,
      bootId: facts.bootId,
      slot: booted,
    });
  }
  return commit(world, { id: request.id, seq: request.seq, type: request.type });
}

/** Only what the caller has seen: settings on trial in this boot. */
function confirmSettings(world: KnownWorld, { bootId }: ConfirmRequest, place: Place): Decision {
  if (place.kind === 'next' && hasSettingsTrial(world) && bootId === world.facts.bootId) {
    return settingsCommit(world);
  }
  return refuse('CONFIRM_MISMATCH', 'No settings of this operation are on trial in this boot', {
    bootId: world.facts.bootId,
  });
}

/** A person commits the running trial, whatever operation it belongs to. */
export function decideConsoleConfirm(world: KnownWorld): Decision {
  const { booted, vars, record, facts } = world;
  if (isInTrial(world)) return commit(world, record.operation);
  if (hasSettingsTrial(world)) return settingsCommit(world);
  if (booted === vars.good) {
    return answer({ result: 'Committed', slot: booted, version: facts.version });
  }
  return refuse('CONFIRM_MISMATCH', `The running slot ${booted} is not on trial`, { slot: booted });
}

function commit(
  world: KnownWorld,
  named: Pick<RecordedOperation, 'id' | 'seq' | 'type'> | undefined,
): Decision {
  const { booted, facts, record, vars } = world;
  const { slotDigest } = record.slots[booted];
  const operation: RecordedOperation | undefined =
    named?.seq === vars.seq
      ? {
          id: named.id,
          seq: named.seq,
          type: named.type,
          phase: 'Confirm',
          state: 'Running',
          slot: booted,
          version: facts.version,
          ...(slotDigest === undefined ? {} : { slotDigest }),
        }
      : undefined;
  const given =
    operation === undefined
      ? { result: 'Committed' as const, slot: booted, version: facts.version }
      : answerOf(operation, 'Committed');
  return answer(given, commitChange(world, operation));
}
