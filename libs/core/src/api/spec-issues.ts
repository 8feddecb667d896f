import type * as z from 'zod/mini';
import type { SpecProblem } from './os.ts';

type Issue = z.core.$ZodIssue;

/** What a schema refused, as problems with paths such as `spec.sysconfigs.configs[0].model`. */
export function problemsOf(error: z.core.$ZodError, root: string): readonly SpecProblem[] {
  return error.issues.map((issue) => ({
    path: pathOf(issue.path, root),
    message: describe(issue),
  }));
}

function pathOf(path: readonly PropertyKey[], root: string): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${String(part)}]` : `${text}.${String(part)}`,
    root,
  );
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be there and of type ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return `must not be ${issue.origin === 'string' ? 'shorter' : 'less'} than ${String(issue.minimum)}`;
    case 'too_big':
      return `must not be ${issue.origin === 'string' ? 'longer' : 'more'} than ${String(issue.maximum)}`;
    case 'invalid_format':
      return `must have the form ${issue.pattern ?? issue.format}`;
    case 'custom':
      return issue.message;
    default:
      return 'is not valid';
  }
}
