/** Writing what a person asks for, and telling what changed. */
import { KubeosError } from '@kubeos/core';
import { changeObject } from '@kubeos/kube';
import type { Answer, CommandContext } from '../context.ts';

/** Who writes what people ask for. */
const fieldManager = 'kubectl-kubeos';

/** What is to be written into one object. */
export interface WantedChange {
  /** Members to merge; absent when it is so already. */
  readonly merge?: object;
  /** What is said of it: `paused`, with what changes below. */
  readonly done: string;
  readonly details?: readonly string[];
  /** What a person should know beside that. */
  readonly notes?: readonly string[];
}

/** One object to change. */
export interface ChangeTarget {
  /** Such as `node/worker-1`. */
  readonly title: string;
  readonly path: string;
  /** Decides on the object as it is now; throws what speaks against it. */
  readonly decide: (object: unknown) => WantedChange | Promise<WantedChange>;
}

/**
 * Changes the objects one after the other. Nothing is written before all of them were looked at once, so that a refusal
 * leaves everything as it was.
 */
export async function changeAll(
  context: CommandContext,
  targets: readonly ChangeTarget[],
): Promise<Answer> {
  const { api, options, note } = context;
  for (const { path, decide } of targets) {
    await decide(await api.request({ method: 'GET', path }));
  }
  const lines: string[] = [];
  for (const target of targets) {
    try {
      lines.push(...(await changeOne(context, target)));
    } catch (thrown) {
      if (lines.length > 0 && options.dryRun === 'none')
        note(`Changed before that:\n${lines.join('\n')}`);
      throw KubeosError.from(thrown);
    }
  }
  return { text: `${lines.join('\n')}\n` };
}

const suffixes = { none: '', client: ' (dry run)', server: ' (server dry run)' } as const;

async function changeOne(
  { api, options, note }: CommandContext,
  { title, path, decide }: ChangeTarget,
): Promise<readonly string[]> {
  let wanted: WantedChange | undefined;
  const dryRun = options.dryRun === 'server';
  await changeObject({ api, path, fieldManager, dryRun }, async (object) => {
    wanted = await decide(object);
    return options.dryRun === 'client' ? undefined : wanted.merge;
  });
  const { merge, done = '', details = [], notes = [] } = wanted ?? {};
  for (const text of notes) note(text);
  const suffix = merge === undefined ? '' : suffixes[options.dryRun];
  return [`${title} ${done}${suffix}`, ...details.map((line) => `  ${line}`)];
}
