export type { Condition } from './condition.ts';
export { isTrue, setConditions, type WantedCondition } from './set-conditions.ts';
