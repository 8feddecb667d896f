/** Values of kernel parameters as text. */
import { cutBlanks } from '../characters.ts';

/** What is written for a value, without the final newline: the blanks around it go, as sysctl(8) drops them. */
export function renderSysctlValue(text: string): string {
  return cutBlanks(text).text;
}

/** A value as the kernel prints it, without the newline at the end. */
export function printedValue(text: string): string {
  return cutBlanks(text.endsWith('\n') ? text.slice(0, -1) : text).text;
}

/** True when both are the same value: the kernel prints tabs between numbers that were written with blanks (`tcp_rmem`). */
export function isSameValue(a: string, b: string): boolean {
  return withSingleBlanks(a) === withSingleBlanks(b);
}

function withSingleBlanks(text: string): string {
  return text.replace(/[ \t]+/g, ' ');
}
