/** The agent's snapshot: a file that is replaced whole. Watching it wakes nobody. */
import { watch, type FSWatcher } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { decodeSnapshot } from '@kubeos/agent-api';
import {
  KubeosError,
  type AgentSnapshot,
  type AgentStatus,
  type Clock,
  type Log,
} from '@kubeos/core';
import { isAbsent } from './errno.ts';

/** What it is built from. */
export interface SnapshotFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after each change of what `current` answers. */
  readonly onChange: () => void;
}

/** The snapshot as last read. */
export interface FollowedSnapshot extends AgentSnapshot {
  /** Seconds since the file was written; absent while there is none. */
  ageSeconds(): number | undefined;
  /** Reads the file now; never throws. */
  look(): Promise<void>;
  /** Follows the file until the signal is aborted; never throws. Call it once. */
  run(signal: AbortSignal): Promise<void>;
}

/** Folder events can be lost (the folder may come later, or be mounted anew), so that the file is looked at too. */
const pollMs = 15_000;

/** Builds it; nothing is read before `run`. */
export function createSnapshotFile(options: SnapshotFileOptions): FollowedSnapshot {
  const { path, clock, log, onChange } = options;
  let current: AgentStatus | undefined;
  let seen = '';
  let writtenMs = 0;
  let watcher: FSWatcher | undefined;
  let isUnwatchable = false;
  let looking = Promise.resolve();

  /** Which content the file has, without reading it: each is a file of its own. */
  async function stamp(): Promise<{ readonly text: string; readonly mtimeMs: number }> {
    const { ino, mtimeMs, size } = await stat(path);
    return { text: `${ino}/${mtimeMs}/${size}`, mtimeMs };
  }

  /** One look after the other: a look that was overtaken would put older content in place of newer. */
  function look(): Promise<void> {
    looking = looking.then(lookOnce);
    return looking;
  }

  async function lookOnce(): Promise<void> {
    try {
      const now = await stamp();
      if (now.text === seen) return;
      current = decodeSnapshot(await readFile(path, 'utf8'));
      seen = now.text;
      writtenMs = now.mtimeMs;
    } catch (thrown) {
      if (isAbsent(thrown)) forget();
      else log.warn({ path, error: KubeosError.from(thrown) }, 'Failed to read the snapshot');
      return;
    }
    onChange();
  }

  function forget(): void {
    seen = '';
    if (current === undefined) return;
    current = undefined;
    onChange();
  }

  function follow(): void {
    if (watcher !== undefined) return;
    try {
      watcher = watch(dirname(path), (_event, name) => {
        if (name === basename(path)) void look();
      });
      watcher.on('error', unfollow);
      isUnwatchable = false;
    } catch (thrown) {
      if (!isAbsent(thrown)) tellUnwatchable(thrown);
    }
  }

  /** No right to the folder, or no watch left on the node: then the file is only looked at, which is later, not worse. */
  function tellUnwatchable(thrown: unknown): void {
    if (isUnwatchable) return;
    isUnwatchable = true;
    const error = KubeosError.from(thrown);
    log.warn({ path, error }, 'Failed to watch the folder of the snapshot; looking now and then');
  }

  function unfollow(): void {
    watcher?.close();
    watcher = undefined;
  }

  return {
    current: () => current,
    ageSeconds() {
      return current === undefined ? undefined : (clock.now().wallMs - writtenMs) / 1000;
    },
    look,
    async run(signal) {
      while (!signal.aborted) {
        follow();
        await look();
        await clock.sleep(pollMs, signal).catch((interrupted: unknown) => {
          if (!signal.aborted) throw interrupted;
        });
        // A folder that was mounted anew is another one under the same name.
        unfollow();
      }
    },
  };
}
