import { KubeosError, type NodeLock } from '@kubeos/core';
import type { Actor } from '../engine/actor.ts';

/** How long a waiter waits for the lock. */
const deadlineMs = 30_000;
const pollMs = 500;

/** The file lock of one node; a dead holder frees it, as flock(2) does. */
export class LockFile {
  private holder: Actor | undefined;

  /** Takes the lock for an actor if it is free. */
  take(actor: Actor): boolean {
    if (this.holder?.alive === true) return false;
    this.holder = actor;
    return true;
  }

  free(actor: Actor): void {
    if (this.holder === actor) this.holder = undefined;
  }
}

/** The lock as one agent process sees it. Two tasks of one process exclude each other too. */
export function createNodeLock(actor: Actor, file: LockFile, point = 'lock'): NodeLock {
  return {
    async exclusively(work) {
      let waitedMs = 0;
      while (!(await actor.call(point, () => file.take(actor)))) {
        if (waitedMs >= deadlineMs) {
          throw new KubeosError('BUSY', 'Waiting for the lock of the node: somebody else holds it');
        }
        await actor.sleep(pollMs);
        waitedMs += pollMs;
      }
      try {
        return await work();
      } finally {
        file.free(actor);
      }
    },
  };
}
