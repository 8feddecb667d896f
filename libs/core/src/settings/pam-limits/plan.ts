/** What becomes of the wished lines of `limits.conf`. */
import type { FilePlan, Setting, SettingPlan } from '../setting.ts';
import { parseLimits, type Limit, type LimitLine } from './parse.ts';
import { limitText, renderLimits, withValue } from './render.ts';
import {
  accepts,
  anyPart,
  isAddressed,
  isSameWish,
  readLimitWish,
  type LimitWish,
} from './request.ts';
import { isSameLimit, valueProblem } from './values.ts';

/** A setting of a request; the domain is its key. */
type Request = LimitWish | { readonly domain: string; readonly reason: string };

/**
 * Plans the settings of a request against the text of `limits.conf`.
 *
 * A limit is known by domain, type and item, as for pam_limits: `hard.nofile.1` for a domain that has a soft limit only
 * adds a line. (Upstream turns the one line it finds of the domain, whatever it limits, into the wished one.) With `_` as
 * type or item a wish is about every line of the domain that has the other parts.
 */
export function planLimits(text: string | undefined, settings: readonly Setting[]): FilePlan {
  if (text === undefined) {
    return { kind: 'unreadable', message: 'Expected a file limits.conf, which comes with PAM' };
  }
  const file = parseLimits(text);
  if (file.kind === 'unreadable') return file;
  const requests = readRequests(settings);
  const wishes = requests.filter((request) => 'kind' in request);
  // What goes, goes first: it is not in the way of what is set.
  const going = new Set(wishes.flatMap((wish) => findDeleted(file.lines, wish).going));
  let lines: readonly LimitLine[] = file.lines.filter((line) => !going.has(line));
  const added: LimitWish[] = [];
  const plans = requests.map((request): SettingPlan => {
    if ('reason' in request) return refuse(request, request.reason);
    if (request.kind === 'delete') return planDelete(file.lines, request);
    const plan = planSet(lines, request, wishes);
    if (plan.outcome === 'added') added.push(request);
    if (plan.outcome === 'set') lines = setValue(lines, request);
    return plan;
  });
  return { kind: 'planned', settings: plans, text: renderLimits(lines, added) };
}

function readRequests(settings: readonly Setting[]): readonly Request[] {
  const wishes: LimitWish[] = [];
  return settings.map((setting) => {
    const wish = readLimitWish(setting);
    if ('reason' in wish) return { domain: setting.key, reason: wish.reason };
    if (wishes.some((other) => isSameWish(other, wish))) {
      const reason = 'The limit is asked for twice: the first one counts';
      return { domain: setting.key, reason };
    }
    wishes.push(wish);
    return wish;
  });
}

function planSet(
  lines: readonly LimitLine[],
  wish: LimitWish,
  wishes: readonly LimitWish[],
): SettingPlan {
  const { domain: key, value } = wish;
  const found = limitsOf(lines, wish);
  if (found.length === 0) return planNew(wish);
  const problem = found.map(({ item }) => valueProblem(item, value)).find(Boolean);
  if (value !== anyPart && problem !== undefined) return refuse(wish, problem);
  if (found.some((limit) => isOverruled(limit, wish, lines, wishes))) {
    return refuse(wish, 'A later line of the domain sets the limit to another value again');
  }
  const others = found.filter((limit) => !accepts(value, limit.value));
  if (others.length === 0) {
    return { key, outcome: 'unchanged', before: limitText(found), after: limitText(found) };
  }
  const after = others.map((limit) => ({ ...limit, value }));
  return { key, outcome: 'set', before: limitText(others), after: limitText(after) };
}

function planNew(wish: LimitWish): SettingPlan {
  if ([wish.type, wish.item, wish.value].includes(anyPart)) {
    return refuse(wish, 'There is no such limit of the domain of which a part could be kept');
  }
  return { key: wish.domain, outcome: 'added', after: limitText([wish]) };
}

/**
 * True when the wished value would not come into force: for pam_limits the last line counts, and one of another type can
 * be about the same limit (`-` behind `soft`). Lines that the request itself sets have the value that it wants.
 */
function isOverruled(
  limit: Limit,
  wish: LimitWish,
  lines: readonly LimitLine[],
  wishes: readonly LimitWish[],
): boolean {
  const at = lines.findIndex((line) => line.limit === limit);
  return lines.slice(at + 1).some(({ limit: later }) => {
    if (later?.domain !== limit.domain || later.item !== limit.item) return false;
    if (!isSameLimit(limit.type, later.type, limit.item)) return false;
    const isWanted = wishes.some((other) => other.kind === 'set' && isAddressed(other, later));
    return !isWanted && !accepts(wish.value, later.value);
  });
}

/** Sets every line that the wish speaks of: the last one counts, but whoever reads the file may stop at the first. */
function setValue(lines: readonly LimitLine[], wish: LimitWish): readonly LimitLine[] {
  return lines.map((line) => {
    const { limit } = line;
    const isOther = limit !== undefined && isAddressed(wish, limit) && limit.value !== wish.value;
    return isOther ? withValue(line, limit, wish.value) : line;
  });
}

function planDelete(lines: readonly LimitLine[], wish: LimitWish): SettingPlan {
  const { going, reason } = findDeleted(lines, wish);
  if (reason !== undefined) return refuse(wish, reason);
  const key = wish.domain;
  if (going.length === 0) return { key, outcome: 'unchanged' };
  return { key, outcome: 'removed', before: limitText(limitsOf(going, wish)) };
}

/**
 * The lines that a delete removes: all that have its three parts. If it names type and item it is about one limit, and is
 * refused when a line has another value: that one would stay, or come into force.
 */
function findDeleted(
  lines: readonly LimitLine[],
  wish: LimitWish,
): { readonly going: readonly LimitLine[]; readonly reason?: string } {
  if (wish.kind === 'set') return { going: [] };
  const found = lines.filter(({ limit }) => limit !== undefined && isAddressed(wish, limit));
  const going = found.filter(
    ({ limit }) => limit !== undefined && accepts(wish.value, limit.value),
  );
  const isOneLimit = wish.type !== anyPart && wish.item !== anyPart;
  if (!isOneLimit || going.length === found.length) return { going };
  const reason = 'The file has another value: a limit is deleted only with the value it has, or _';
  return { going: [], reason };
}

function limitsOf(lines: readonly LimitLine[], wish: LimitWish): readonly Limit[] {
  return lines.flatMap(({ limit }) =>
    limit !== undefined && isAddressed(wish, limit) ? [limit] : [],
  );
}

function refuse({ domain: key }: Request, reason: string): SettingPlan {
  return { key, outcome: 'refused', reason };
}
