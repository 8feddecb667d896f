import type { SnapshotFile, StateFile } from '@kubeos/core';
import { readTextIfThere, writeFileDurably } from './durable-file.ts';

/** The state file on PERSIST, readable by root alone. */
export function createStateFile(path: string): StateFile {
  return {
    read: () => readTextIfThere(path),
    write: (text) => writeFileDurably(path, text, { mode: 0o600 }),
  };
}

/**
 * The snapshot beside the socket: readable by the group of the socket, so that a proxy without root can watch it.
 *
 * @param gid the group; default: that of the agent
 */
export function createSnapshotFile(path: string, gid?: number): SnapshotFile {
  const access = gid === undefined ? { mode: 0o640 } : { mode: 0o640, gid };
  return {
    read: () => readTextIfThere(path),
    publish: (text) => writeFileDurably(path, text, access),
  };
}
