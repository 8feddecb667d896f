/** What becomes of the wished values of live kernel parameters. */
import type { Setting, SettingPlan } from '../setting.ts';
import { isSameValue, printedValue } from './render.ts';
import { readSysctlWish, type SysctlWish } from './request.ts';

/** What becomes of one kernel parameter. */
export type SysctlPlan = SettingPlan &
  (
    | {
        /** Below `/proc/sys`, such as `vm/swappiness`. */
        readonly path: string;
        /** What is to be written there, without the final newline; absent when nothing is. */
        readonly write?: string;
      }
    /** The key names no parameter. */
    | { readonly path?: undefined; readonly write?: undefined }
  );

/** What is said of a parameter that comes again in a request. */
export const askedTwice = 'The parameter is asked for twice: the first one counts';

/**
 * Plans the settings of a request. A parameter has one value, so when it comes again in the request, in whatever
 * spelling, the first one counts and the others are refused.
 *
 * @param read - Gives the value of a path below `/proc/sys` as the kernel prints it; `undefined` when there is no such
 * parameter, the empty text when it can only be written. Asked for the paths of `sysctlPaths` and for no others.
 */
export function planSysctl(
  read: (path: string) => string | undefined,
  settings: readonly Setting[],
): readonly SysctlPlan[] {
  const asked = new Set<string>();
  return settings.map((setting) => {
    const { key } = setting;
    const wish = readSysctlWish(setting);
    if ('reason' in wish) return { key, outcome: 'refused', ...wish };
    const { path } = wish;
    if (asked.has(path)) return { key, outcome: 'refused', reason: askedTwice, path };
    asked.add(path);
    return planWish(key, wish, read(path));
  });
}

/** The paths below `/proc/sys` whose values it takes to plan these settings, each once, in the order of the request. */
export function sysctlPaths(settings: readonly Setting[]): readonly string[] {
  const wishes = settings.map(readSysctlWish);
  return [...new Set(wishes.flatMap((wish) => ('reason' in wish ? [] : [wish.path])))];
}

function planWish(key: string, { path, value }: SysctlWish, current?: string): SysctlPlan {
  if (current === undefined) {
    return { key, outcome: 'refused', reason: 'The kernel has no such parameter', path };
  }
  const before = printedValue(current);
  if (isSameValue(before, value)) return { key, outcome: 'unchanged', path, before, after: before };
  return { key, outcome: 'set', path, before, after: value, write: value };
}
