/** Why nothing is done for a key, though each of its settings alone makes sense. */
import { valueOf, type KernelWord } from './argument.ts';
import { protectedReason, type ArgumentRequest, type ArgumentWish } from './request.ts';

/**
 * Why settings of one key are not done; those that are refused on their own account have a better reason. `undefined` when
 * all of them can be done.
 */
export function refusalOf(
  requests: readonly ArgumentRequest[],
  path: KernelWord,
  found: readonly KernelWord[],
): string | undefined {
  const wishes = wishesOf(requests);
  if (wishes.length < requests.length) return 'Another setting of this key is refused';
  if (wishes.some(({ key }) => key === path.text)) return protectedReason;
  if (found.some(({ hasVariable }) => hasVariable)) {
    return 'GRUB takes the value from a variable, which is nothing to be changed on this line';
  }
  return contradictionOf(wishes) ?? problemWithoutValue(wishes, found.map(valueOf));
}

/** The settings that can be done as far as they themselves go. */
export function wishesOf(requests: readonly ArgumentRequest[]): readonly ArgumentWish[] {
  return requests.filter((request) => request.kind !== 'refused');
}

function contradictionOf(wishes: readonly ArgumentWish[]): string | undefined {
  const bare = wishes.filter(({ value }) => value === undefined).length;
  if (bare > 0 && bare < wishes.length) return 'The key is asked for with a value and without one';
  const deleted = new Set(wishes.map(({ kind, value }) => (kind === 'delete' ? value : null)));
  return wishes.some(({ kind, value }) => kind === 'set' && deleted.has(value))
    ? 'The same is to be set and to be deleted'
    : undefined;
}

/**
 * As upstream, a value is neither replaced by a bare key nor deleted without being named. The empty value of `key=` cannot
 * be named, so that a delete without a value takes it too.
 */
function problemWithoutValue(
  wishes: readonly ArgumentWish[],
  values: readonly (string | undefined)[],
): string | undefined {
  if (wishes.some(({ value }) => value !== undefined)) return undefined;
  const isSet = wishes.some(({ kind }) => kind === 'set');
  if (isSet && values.some((value) => value !== undefined)) {
    return 'The key has a value: delete that first to have the key alone';
  }
  return values.every((value) => value === undefined || value === '')
    ? undefined
    : 'The key has a value: a delete has to name it';
}
