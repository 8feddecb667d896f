export {
  advice,
  adviceFor,
  runbooks,
  type Advice,
  type ReasonName,
  type Runbook,
} from './advice/index.ts';
export type { Condition } from './condition.ts';
export {
  conditionMeanings,
  endingReasons,
  waitReasons,
  type ConditionMeaning,
  type Reasons,
} from './reasons.ts';
export { isTrue, setConditions, type WantedCondition } from './set-conditions.ts';
