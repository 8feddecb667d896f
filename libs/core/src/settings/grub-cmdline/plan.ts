/** What becomes of the arguments of a kernel line. */
import type { SettingPlan } from '../setting.ts';
import { isOf, keyOf, kernelWord, nameOf, valueOf, type KernelWord } from './argument.ts';
import type { KernelLine } from './parse.ts';
import { refusalOf, wishesOf } from './refusal.ts';
import type { ArgumentRequest, ArgumentWish } from './request.ts';

/** A kernel line as a request leaves it. */
export interface ArgumentsPlan {
  /** In the order of the request. */
  readonly settings: readonly SettingPlan[];
  readonly line: KernelLine;
}

/** What becomes of a setting at this place of the request. */
interface Outcome {
  readonly index: number;
  readonly plan: SettingPlan;
}

/** Arguments after some settings are done. */
interface Step {
  readonly outcomes: readonly Outcome[];
  readonly args: readonly KernelWord[];
}

/**
 * Plans a request against a kernel line.
 *
 * A key can come several times, in the line and in the request, in whatever spelling. The values that a request sets are
 * all the values that the key shall have: its arguments become exactly those, in the order of the request. For a parameter
 * of which the last one counts that is what is asked, and for a list such as `console=` there is no other way to say it.
 * For the same reason the settings of a key are done together or not at all.
 */
export function planArguments(
  line: KernelLine,
  requests: readonly ArgumentRequest[],
): ArgumentsPlan {
  // What comes behind `--` the kernel hands to init.
  const dashes = line.args.findIndex(({ text, hasVariable }) => text === '--' && !hasVariable);
  const end = dashes === -1 ? line.args.length : dashes;
  let args = line.args.slice(0, end);
  const groups = [...Map.groupBy(requests, ({ key }) => nameOf(key))];
  const outcomes = groups.flatMap(([name, group]) => {
    const step = planKey(name, group, line.path, args);
    args = [...step.args];
    return step.outcomes;
  });
  const settings = outcomes.toSorted((a, b) => a.index - b.index).map(({ plan }) => plan);
  return { settings, line: { ...line, args: [...args, ...line.args.slice(end)] } };
}

function planKey(
  name: string,
  requests: readonly ArgumentRequest[],
  path: KernelWord,
  args: readonly KernelWord[],
): Step {
  const found = args.filter((word) => isOf(word, name));
  const refusal = refusalOf(requests, path, found);
  if (refusal !== undefined) {
    const outcomes = requests.map((request): Outcome => {
      const { index, key } = request;
      const reason = request.kind === 'refused' ? request.reason : refusal;
      return { index, plan: { key, outcome: 'refused', reason } };
    });
    return { outcomes, args };
  }
  const wishes = wishesOf(requests);
  const removed = removeValues(
    name,
    wishes.filter(({ kind }) => kind === 'delete'),
    args,
  );
  const set = setValues(
    name,
    wishes.filter(({ kind }) => kind === 'set'),
    removed.args,
  );
  return { outcomes: [...removed.outcomes, ...set.outcomes], args: set.args };
}

/** Every argument with the value goes; that there are others is no matter, for the key may hold a list. */
function removeValues(
  name: string,
  wishes: readonly ArgumentWish[],
  args: readonly KernelWord[],
): Step {
  const found = new Set(args.filter((word) => isOf(word, name)).map(textOfValue));
  const outcomes = wishes.map(({ index, key, value = '' }): Outcome => {
    const isThere = found.has(value);
    return {
      index,
      plan: isThere ? { key, outcome: 'removed', before: value } : { key, outcome: 'unchanged' },
    };
  });
  const gone = new Set(wishes.map(({ value = '' }) => value));
  const kept = args.filter((word) => !isOf(word, name) || !gone.has(textOfValue(word)));
  return { outcomes, args: kept };
}

function setValues(
  name: string,
  wishes: readonly ArgumentWish[],
  args: readonly KernelWord[],
): Step {
  // A value that is asked for again is there already.
  const values = [...new Set(wishes.map(({ value }) => value))];
  const found = args.filter((word) => isOf(word, name)).map(valueOf);
  const outcomes = wishes.map(({ index, key, value }): Outcome => {
    const place = values.indexOf(value);
    // What is left over goes for the sake of the last one.
    const replaced = found.slice(place, place === values.length - 1 ? undefined : place + 1);
    return { index, plan: planValue(key, value, replaced) };
  });
  const isHeld = outcomes.every(({ plan }) => plan.outcome === 'unchanged');
  return { outcomes, args: isHeld ? args : withValues(name, wishes, args) };
}

function planValue(
  key: string,
  value: string | undefined,
  replaced: readonly (string | undefined)[],
): SettingPlan {
  const after = value ?? '';
  if (replaced.length === 0) return { key, outcome: 'added', after };
  const before = replaced.map((other) => other ?? '').join(' ');
  // For all readers several equal ones are the same as one.
  return replaced.every((other) => other === value)
    ? { key, outcome: 'unchanged', before: after, after }
    : { key, outcome: 'set', before, after };
}

/** The arguments of a key get these values from the first one on; the others go, and new ones come behind the last one. */
function withValues(
  name: string,
  wishes: readonly ArgumentWish[],
  args: readonly KernelWord[],
): readonly KernelWord[] {
  const wished = [...new Map(wishes.map((wish) => [wish.value, wish])).values()];
  let next = 0;
  const changed = args.flatMap((word): readonly KernelWord[] => {
    const key = keyOf(word);
    if (key === undefined || nameOf(key) !== name) return [word];
    const wish = wished[next];
    next += 1;
    if (wish === undefined) return [];
    return [valueOf(word) === wish.value ? word : kernelWord(word.gap, key, wish.value)];
  });
  const added = wished.slice(next).map(({ key, value }) => kernelWord(' ', key, value));
  const last = changed.findLastIndex((word) => isOf(word, name));
  const at = last === -1 ? changed.length : last + 1;
  return [...changed.slice(0, at), ...added, ...changed.slice(at)];
}

function textOfValue(word: KernelWord): string {
  return valueOf(word) ?? '';
}
