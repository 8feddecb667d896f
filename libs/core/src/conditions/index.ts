export type { Condition } from './condition.ts';
export {
  conditionMeanings,
  endingReasons,
  waitReasons,
  type ConditionMeaning,
  type Reasons,
} from './reasons.ts';
export { isTrue, setConditions, type WantedCondition } from './set-conditions.ts';
