import type { ErrorReason } from '../../errors/codes.ts';
import type { ConditionReasonName, EndingName, WaitName } from '../reasons.ts';
import { on, type Advice } from './advice.ts';
import { conditionAdvice } from './conditions.ts';
import { endingAdvice } from './endings.ts';
import { errorAdvice } from './errors.ts';
import { waitAdvice } from './waiting.ts';

export { runbooks, type Advice, type Runbook } from './advice.ts';

/** Every reason that KubeOS tells people. */
export type ReasonName = WaitName | EndingName | ErrorReason | ConditionReasonName;

/** What ends each wait and each failure, by its reason. */
export const advice: Readonly<Record<ReasonName, Advice>> = {
  ...conditionAdvice,
  ...errorAdvice,
  ...endingAdvice,
  ...waitAdvice,
};

const ofAnother = on('operator')(
  'This program does not know the reason: a newer part told it. See the newest release.',
);

/** The advice for a reason as it stands in the cluster; parts of a newer version may tell one that is not known here. */
export function adviceFor(reason: string): Advice {
  return isReasonName(reason) ? advice[reason] : ofAnother;
}

function isReasonName(reason: string): reason is ReasonName {
  return Object.hasOwn(advice, reason);
}
