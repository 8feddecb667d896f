import type { Condition } from './condition.ts';

/** A condition as a decision states it; when it last changed is worked out from the one before. */
export type WantedCondition = Omit<Condition, 'lastTransitionTime'>;

/**
 * The wanted conditions, in their order, each with the time at which its status last changed: that of the previous
 * condition of this type while the status is the same, else now.
 *
 * The result holds the wanted types only. A writer states all conditions that it owns on every pass and none of
 * another writer's, so nothing stale stays and server-side apply takes nothing that is not its own.
 *
 * @param nowIso - RFC 3339, whole seconds.
 */
export function setConditions(
  previous: readonly Condition[] | undefined,
  wanted: readonly WantedCondition[],
  nowIso: string,
): readonly Condition[] {
  const known = new Map(previous?.map((condition) => [condition.type, condition]));
  return wanted.map((condition) => {
    const before = known.get(condition.type);
    const isUnchanged = before?.status === condition.status;
    return { ...condition, lastTransitionTime: isUnchanged ? before.lastTransitionTime : nowIso };
  });
}

/** True when the condition of this type is there with status True. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((each) => each.type === type && each.status === 'True') ?? false;
}
