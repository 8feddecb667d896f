/** What a request for `limits.conf` may hold: a domain as key and `type.item.value` as value. */
import { hasControlCharacter } from '../characters.ts';
import { notScalar, scalarText } from '../scalar.ts';
import type { Setting } from '../setting.ts';
import { smallLetters, type Limit, type LimitParts } from './parse.ts';
import { domainProblem, isSameLimit, limitItems, limitTypes, valueProblem } from './values.ts';

/**
 * One limit that is to be set or to go.
 *
 * A part that is `_` stands for whatever the lines of the domain have there: a change keeps it, a delete takes it as
 * matching. (Upstream matches a `_` of a delete to the letter, which no line has, so that nobody relies on it.)
 */
export interface LimitWish extends LimitParts {
  readonly kind: 'set' | 'delete';
  readonly domain: string;
}

/** How a request writes a part that stays, or that does not matter. */
export const anyPart = '_';

/** Reads one setting of a request. */
export function readLimitWish(setting: Setting): LimitWish | { readonly reason: string } {
  const domain = setting.key;
  if (domain === '') return { reason: 'The domain is empty' };
  if (hasControlCharacter(domain) || /[\s#]/.test(domain)) {
    return { reason: 'The domain holds a blank, a # or a control character' };
  }
  const parts = readParts(setting.value);
  if ('reason' in parts) return parts;
  const kind = setting.operation === 'delete' ? 'delete' : 'set';
  const wish: LimitWish = { kind, domain, ...parts };
  const reason = problemOf(wish);
  return reason === undefined ? wish : { reason };
}

function readParts(value: unknown): LimitParts | { readonly reason: string } {
  const text = scalarText(value);
  if (text === undefined) return { reason: notScalar };
  const parts = smallLetters(text).split('.');
  const [type, item, limit] = parts;
  if (parts.length !== 3 || !type || !item || !limit) {
    return { reason: 'The value has to be of three parts: type.item.value' };
  }
  return { type, item, value: limit };
}

function problemOf({ kind, domain, type, item, value }: LimitWish): string | undefined {
  if (type !== anyPart && !limitTypes.has(type)) return 'The type has to be hard, soft or -';
  if (item !== anyPart && !limitItems.has(item)) return 'The item is none that limits.conf knows';
  // What is to go is compared with what is there, whatever that is. What pam_limits passes over is refused, not written.
  if (kind === 'delete') return undefined;
  const reason = item === anyPart ? undefined : domainProblem(domain, item);
  if (reason !== undefined || value === anyPart) return reason;
  if (item !== anyPart) return valueProblem(item, value);
  // It depends on the lines that are found, unless it is a value for none of the items.
  return valueProblem('priority', value) && valueProblem(item, value);
}

/** True when a line of the file is one that the wish speaks of, whatever its value. */
export function isAddressed(wish: LimitWish, limit: Limit): boolean {
  if (wish.domain !== limit.domain) return false;
  return accepts(wish.type, limit.type) && accepts(wish.item, limit.item);
}

/**
 * True when two wishes of a request are, or may become, about the same limit. Several limits of a domain are several
 * wishes; but of two that could change one line, or set one limit (`-` is soft and hard as well), what comes out would
 * depend on the lines that there are, and change when it is planned again. A `-` may go while soft or hard is set.
 */
export function isSameWish(wish: LimitWish, other: LimitWish): boolean {
  if (wish.domain !== other.domain || !meet(wish.item, other.item)) return false;
  if (meet(wish.type, other.type)) return true;
  const item = wish.item === anyPart ? other.item : wish.item;
  const areSet = wish.kind === 'set' && other.kind === 'set';
  return areSet && isSameLimit(wish.type, other.type, item);
}

/** True when the part of a wish lets this text be, in the file or in a request. */
export function accepts(part: string, text: string): boolean {
  return part === anyPart || part === text;
}

function meet(part: string, other: string): boolean {
  return accepts(part, other) || accepts(other, part);
}
