/** What becomes of the wished lines of `sysctl.conf`. */
import { askedTwice } from '../kernel-sysctl/plan.ts';
import type { FilePlan, Setting, SettingPlan } from '../setting.ts';
import { parseSysctlFile, type SysctlLine } from './parse.ts';
import { renderSysctlFile, withValue } from './render.ts';
import { readSysctlFileWish, type SysctlFileWish } from './request.ts';

/** The lines with one wish fulfilled, as far as it can be without a new line. */
interface Step {
  readonly plan: SettingPlan;
  readonly lines: readonly SysctlLine[];
}

/**
 * Plans the settings of a request against the text of `sysctl.conf`; without a file it begins with an empty one. A
 * parameter has one value, so when it comes again in the request, in whatever spelling, the first one counts and the
 * others are refused.
 */
export function planSysctlFile(text: string | undefined, settings: readonly Setting[]): FilePlan {
  const file = parseSysctlFile(text ?? '');
  if (file.kind === 'unreadable') return file;
  let { lines } = file;
  const added: SysctlFileWish[] = [];
  const asked = new Set<string>();
  const plans = settings.map(({ key, ...setting }): SettingPlan => {
    const wish = readSysctlFileWish({ key, ...setting });
    if ('reason' in wish) return { key, outcome: 'refused', reason: wish.reason };
    if (asked.has(wish.path)) return { key, outcome: 'refused', reason: askedTwice };
    asked.add(wish.path);
    const step = wish.kind === 'set' ? setValue(lines, key, wish) : removeValue(lines, key, wish);
    if (step.plan.outcome === 'added') added.push(wish);
    ({ lines } = step);
    return step.plan;
  });
  const planned = renderSysctlFile(lines, added);
  const needsFile = text !== undefined || planned !== '';
  return { kind: 'planned', settings: plans, ...(needsFile && { text: planned }) };
}

/**
 * Gives the value to every line of the parameter. One would do for systemd and sysctl(8), for which the last one counts,
 * but people and other tools that read the file stop at the first.
 */
function setValue(lines: readonly SysctlLine[], key: string, wish: SysctlFileWish): Step {
  const { value } = wish;
  const found = valuesOf(lines, wish);
  if (found.length === 0) return { plan: { key, outcome: 'added', after: value }, lines };
  const before = found.findLast((other) => other !== value);
  if (before === undefined) {
    return { plan: { key, outcome: 'unchanged', before: value, after: value }, lines };
  }
  const changed = lines.map((line) => {
    const { assignment } = line;
    const isOther = assignment?.path === wish.path && assignment.value !== value;
    return isOther ? withValue(line, assignment, value) : line;
  });
  return { plan: { key, outcome: 'set', before, after: value }, lines: changed };
}

/**
 * Removes every line of the parameter if the value is the one that the request names. Where lines with other values would
 * stay, none goes: what is left would come into force, and that is no removal.
 */
function removeValue(lines: readonly SysctlLine[], key: string, wish: SysctlFileWish): Step {
  const found = valuesOf(lines, wish);
  if (found.length === 0) return { plan: { key, outcome: 'unchanged' }, lines };
  if (found.some((value) => value !== wish.value)) {
    const reason = 'The file has another value: a parameter is deleted only with the value it has';
    return { plan: { key, outcome: 'refused', reason }, lines };
  }
  const kept = lines.filter(({ assignment }) => assignment?.path !== wish.path);
  return { plan: { key, outcome: 'removed', before: wish.value }, lines: kept };
}

function valuesOf(lines: readonly SysctlLine[], { path }: SysctlFileWish): readonly string[] {
  return lines.flatMap(({ assignment }) => (assignment?.path === path ? [assignment.value] : []));
}
