import {
  conditionMeanings,
  endingReasons,
  waitReasons,
  type Reasons,
} from '../conditions/index.ts';

const meanings: ReadonlyMap<string, string> = new Map(
  [
    ...conditionMeanings.map(({ reasons }): Reasons => reasons),
    endingReasons satisfies Reasons,
    waitReasons satisfies Reasons,
  ].flatMap((reasons) => Object.entries(reasons)),
);

/** What a reason means; empty for those of errors, whose messages say it. */
export function meaningOf(reason: string): string {
  return meanings.get(reason) ?? '';
}
