/** What may stand in the columns of `limits.conf`, after limits.conf(5). */

/** Which of the two limits a line is about; `-` is both. */
export const limitTypes: ReadonlySet<string> = new Set(['hard', 'soft', '-']);

/** What can be limited. Debian also has `chroot`, which the PAM of a KubeOS node does not know. */
export const limitItems: ReadonlySet<string> = new Set([
  ...['core', 'data', 'fsize', 'memlock', 'nofile', 'rss', 'stack', 'cpu', 'nproc', 'as', 'locks'],
  ...['maxlogins', 'maxsyslogins', 'nonewprivs', 'priority', 'sigpending', 'msgqueue', 'nice'],
  'rtprio',
]);

/** Not limits of a process, so that pam_limits takes the last line of any type. */
const withoutType: ReadonlySet<string> = new Set([
  ...['maxlogins', 'maxsyslogins', 'nonewprivs', 'priority'],
]);

/** True when lines of the two types set the same limit of this item. */
export function isSameLimit(type: string, other: string, item: string): boolean {
  return type === other || type === '-' || other === '-' || withoutType.has(item);
}

/** Why the value does not go with the item, which may be one that is not in the list; `undefined` when it does. */
export function valueProblem(item: string, value: string): string | undefined {
  switch (item) {
    case 'nonewprivs':
      return /^[01]$/.test(value) ? undefined : 'The value of nonewprivs has to be 0 or 1';
    case 'priority':
      return /^-?\d+$/.test(value) ? undefined : 'The value of priority has to be a whole number';
    case 'nice':
      return /^-?\d+$/.test(value) && -20 <= Number(value) && Number(value) <= 19
        ? undefined
        : 'The value of nice has to be a whole number from -20 to 19';
    default:
      return /^(?:\d+|-1|unlimited|infinity)$/.test(value)
        ? undefined
        : 'The value has to be a whole number, or unlimited, infinity or -1 for no limit';
  }
}

/** Why pam_limits would pass over a new line of this domain; `undefined` when it would not. */
export function domainProblem(domain: string, item: string): string | undefined {
  if (domain.includes(':') && !/^(?:@?(?:\d*:\d+|\d+:)|%:\d+)$/.test(domain)) {
    return 'The range of the domain has to be min:max, min: or :max, of users, or of groups behind a @';
  }
  if (domain.startsWith('%') && item !== 'maxlogins') {
    return 'A domain that begins with % goes with maxlogins only';
  }
  return undefined;
}
