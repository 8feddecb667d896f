import { retryAnnotation } from '../api/names.ts';
import { historyOf, targetOf } from '../rollout/target.ts';
import { isUntried, retryName, startOf, type Standing } from '../rollout/standing.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { NodeCase } from './node-state.ts';

/** Whether one more attempt can be asked for, and how. */
export type RetryAnswer =
  /** The value of the annotation, and what would be tried again. */
  | { readonly kind: 'ask'; readonly value: string; readonly version: string }
  /** Somebody has asked already. */
  | { readonly kind: 'asked'; readonly value: string }
  | { readonly kind: 'refused'; readonly why: string };

/** Finds the value that lets the operator try the wanted target of a node again: each value works once. */
export function retryFor({ node, instance, assessment, member }: NodeCase): RetryAnswer {
  const os = assessment?.os;
  if (os === undefined || member === undefined) return refused(`no OS selects ${node.name}`);
  const target = targetOf(os, instance);
  if (target === undefined) return refused(`${os.namespace}/${os.name} is not valid`);
  const { standing } = member;
  const why = notToRetry(node.name, standing, instance);
  if (why !== undefined) return refused(why);
  const pending = startOf(standing)?.retry;
  if (pending !== undefined) return { kind: 'asked', value: pending };
  const entry = historyOf(instance?.spec.history, target);
  const name = retryName(target);
  if (name === undefined || isUntried(entry)) {
    const waits = 'message' in standing ? standing.message : 'it takes its turn by itself';
    return refused(`${node.name} has not failed ${target.version}: ${waits}`);
  }
  const used = [entry.consumedRetry, node.annotations[retryAnnotation]];
  return { kind: 'ask', value: unusedValue(name, used), version: target.version };
}

function notToRetry(
  node: string,
  { kind }: Standing,
  instance: OsInstance | undefined,
): string | undefined {
  if (kind === 'updated') return `${node} is as wanted already`;
  if (kind !== 'open') return undefined;
  return `${node} is at work: ${instance?.spec.operation?.phase ?? ''}`;
}

function unusedValue(name: string, used: readonly (string | undefined)[]): string {
  let value = name;
  for (let n = 2; used.includes(value); n += 1) value = `${name}#${String(n)}`;
  return value;
}

function refused(why: string): RetryAnswer {
  return { kind: 'refused', why };
}
