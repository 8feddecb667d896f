/** Writes `sysctl.conf`. */
import { appendLines, joinLines } from '../lines.ts';
import type { Assignment, SysctlLine } from './parse.ts';
import type { SysctlFileWish } from './request.ts';

/** The text of a file with new assignments behind its lines. */
export function renderSysctlFile(
  lines: readonly SysctlLine[],
  added: readonly SysctlFileWish[] = [],
): string {
  const texts = added.map(({ spelling, value }) => `${spelling}=${value}`);
  return joinLines(appendLines(lines, texts));
}

/** The line with another value: key, prefix and blanks stay as they are. */
export function withValue(line: SysctlLine, assignment: Assignment, value: string): SysctlLine {
  const { head, tail } = assignment;
  return { ...line, text: head + value + tail, assignment: { ...assignment, value } };
}
