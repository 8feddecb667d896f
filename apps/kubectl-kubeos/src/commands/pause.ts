/** `pause` and `resume`: `spec.paused` of OS objects. */
import { parseOs } from '@kubeos/core';
import { appliersOf, osPath } from '@kubeos/kube';
import type { Answer, CommandContext } from '../context.ts';
import { someNames } from '../names.ts';
import { changeAll, type WantedChange } from './change.ts';

/** Runs `pause`. */
export function pause(context: CommandContext): Promise<Answer> {
  return setPaused(context, true);
}

/** Runs `resume`. */
export function resume(context: CommandContext): Promise<Answer> {
  return setPaused(context, false);
}

function setPaused(context: CommandContext, paused: boolean): Promise<Answer> {
  const names = someNames(context, 'OS').map((word) => word.replace(/^os\//u, ''));
  return changeAll(
    context,
    names.map((name) => ({
      title: `os/${name}`,
      path: osPath(context.namespace, name),
      decide: (object) => changeOf(object, paused),
    })),
  );
}

function changeOf(object: unknown, paused: boolean): WantedChange {
  const os = parseOs(object);
  const word = paused ? 'paused' : 'resumed';
  // An object that is not valid for another reason can be paused all the same.
  const isPaused = pausedOf(object);
  if (isPaused === paused) return { done: paused ? 'is paused already' : 'is not paused' };
  const { working = 0, preparing = 0 } = os.status;
  const atWork = working + preparing;
  return {
    merge: { spec: { paused } },
    done: word,
    details: [`spec.paused: ${String(isPaused)} -> ${String(paused)}`],
    notes: [
      ...appliersOf(object, ['f:spec', 'f:paused']).map(
        (manager) => `${manager} declares spec.paused of ${os.name} and may set it back`,
      ),
      ...(paused && atWork > 0 ? [`${String(atWork)} node(s) at work are finished`] : []),
    ],
  };
}

function pausedOf(object: unknown): boolean {
  const { spec } = object as { readonly spec?: { readonly paused?: unknown } };
  return spec?.paused === true;
}
