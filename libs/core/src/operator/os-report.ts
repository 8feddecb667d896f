import { setConditions } from '../conditions/index.ts';
import type { Os, OsStatus } from '../api/os.ts';
import type { Requeue } from '../lifecycle/requeue.ts';
import type { FleetPlan } from '../rollout/decide-fleet.ts';
import { fleetReport } from '../rollout/fleet-status.ts';
import type { Tally } from '../rollout/tally.ts';
import { isSame } from '../same.ts';
import { passedOverReason } from './evictable.ts';
import { tell, wallTime, type OperatorContext } from './context.ts';

/** Least milliseconds between two writes that only change counts and texts. */
const quietMs = 2000;

/** Writes the status when it says something new; mere counting is written at most every two seconds. */
export async function reportStatus(
  context: OperatorContext,
  os: Os,
  count: Tally,
  plan: FleetPlan,
): Promise<Requeue> {
  const { memory, clock, api } = context;
  const now = clock.now();
  const report = fleetReport(
    os,
    count,
    plan,
    (node) => passedOverReason(context, node) ?? memory.workReasons.get(node),
  );
  const conditions = setConditions(os.status.conditions, report.conditions, wallTime(now.wallMs));
  const next: OsStatus = {
    ...report.status,
    conditions,
    ...(os.status.admission === undefined ? {} : { admission: os.status.admission }),
  };
  if (isSame(next, os.status)) return { kind: 'onChange' };
  const turned = transitions(os.status, next);
  const quietFor = now.monotonicMs - (memory.statusWrites.get(os.uid) ?? -quietMs);
  if (turned.length === 0 && quietFor < quietMs) {
    return { kind: 'after', seconds: (quietMs - quietFor) / 1000 };
  }
  await api.writeOsStatus(os, next);
  memory.statusWrites.set(os.uid, now.monotonicMs);
  for (const { type, status, reason, message } of turned) {
    const isBad = (type === 'Degraded' && status === 'True') || reason === 'InvalidSpec';
    await tell(context, {
      about: { kind: 'OS', namespace: os.namespace, name: os.name, uid: os.uid },
      type: isBad ? 'Warning' : 'Normal',
      reason,
      message: `${type} is ${status}: ${message}`,
    });
  }
  return { kind: 'onChange' };
}

/** Conditions whose status turned. */
function transitions(before: OsStatus, after: OsStatus): NonNullable<OsStatus['conditions']> {
  return (after.conditions ?? []).filter(
    ({ type, status }) => before.conditions?.find((old) => old.type === type)?.status !== status,
  );
}
