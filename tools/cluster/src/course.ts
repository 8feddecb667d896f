/** What a node went through, and when: as the API server showed it, not as somebody expected it. */
import type { Phase } from '@kubeos/core';

import type { VmCluster } from './cluster.ts';

/** A moment of a node. */
export interface Moment {
  readonly what:
    'cordoned' | 'uncordoned' | 'rebooted' | 'ready' | 'notReady' | `phase ${Phase | 'none'}`;
  /** Of a clock that never goes back, in milliseconds. */
  readonly atMs: number;
}

interface Seen {
  readonly unschedulable: boolean;
  readonly ready: boolean;
  readonly bootId: string | undefined;
  readonly phase: Phase | undefined;
}

/** The moments of every node since the course was begun. */
export class Course {
  readonly #cluster: VmCluster;
  readonly #moments = new Map<string, Moment[]>();
  readonly #seen = new Map<string, Seen>();

  constructor(cluster: VmCluster) {
    this.#cluster = cluster;
    for (const { name } of cluster.nodes) {
      this.#moments.set(name, []);
      this.#seen.set(name, this.#look(name));
    }
    cluster.onChange(() => {
      for (const { name } of cluster.nodes) this.#note(name);
    });
  }

  /** The moments of a node, in their order. */
  of(node: string): readonly Moment[] {
    return this.#moments.get(node) ?? [];
  }

  /** The same without their times. */
  words(node: string): readonly string[] {
    return this.of(node).map(({ what }) => what);
  }

  /** Seconds from the first such moment of a node to the first such one behind it. */
  secondsBetween(node: string, from: Moment['what'], to: Moment['what']): number | undefined {
    const moments = this.of(node);
    const first = moments.findIndex(({ what }) => what === from);
    const start = moments[first];
    const end = moments.slice(first + 1).find(({ what }) => what === to);
    return start === undefined || end === undefined ? undefined : (end.atMs - start.atMs) / 1000;
  }

  #look(name: string): Seen {
    const node = this.#cluster.node(name);
    return {
      unschedulable: node?.unschedulable === true,
      ready: node?.ready === true,
      bootId: node?.bootId,
      phase: this.#cluster.instance(name)?.spec.operation?.phase,
    };
  }

  #note(name: string): void {
    const before = this.#seen.get(name);
    const now = this.#look(name);
    this.#seen.set(name, now);
    if (before === undefined) return;
    const atMs = performance.now();
    const add = (what: Moment['what']): void => {
      this.#moments.get(name)?.push({ what, atMs });
    };
    if (now.phase !== before.phase) add(`phase ${now.phase ?? 'none'}`);
    if (now.unschedulable !== before.unschedulable)
      add(now.unschedulable ? 'cordoned' : 'uncordoned');
    if (now.bootId !== before.bootId) add('rebooted');
    if (now.ready !== before.ready) add(now.ready ? 'ready' : 'notReady');
  }
}
