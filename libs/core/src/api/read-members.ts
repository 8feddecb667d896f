import type * as z from 'zod/mini';
import type { SpecProblem } from './os.ts';
import { problemsOf } from './spec-issues.ts';

/** What could be read of an object, and what was wrong with the members that could not. */
export interface ReadMembers<T> {
  readonly value: T;
  readonly problems: readonly SpecProblem[];
}

/**
 * Reads an object of which each member stands for itself: a member that cannot be read is left out and named, the
 * others stay. The members of the schema must all be optional or have defaults.
 */
export function readMembers<T>(
  schema: z.ZodMiniType<T>,
  object: unknown,
  root: string,
): ReadMembers<T> {
  const members = isRecord(object) ? object : {};
  const first = schema.safeParse(members);
  if (first.success) return { value: first.data, problems: [] };
  const unreadable = new Set(first.error.issues.map(({ path }) => path[0]));
  const rest = Object.entries(members).filter(([name]) => !unreadable.has(name));
  return {
    value: schema.parse(Object.fromEntries(rest)),
    problems: problemsOf(first.error, root),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
