/** The work of a leader: its terms, and the keys that are due. */
import {
  keyText,
  KubeosError,
  type Clock,
  type Log,
  type OperatorLoop,
  type ReconcileKey,
  type Requeue,
} from '@kubeos/core';
import { createWorkQueue, pauseSeconds, type Cluster, type Election } from '@kubeos/kube';

/** What it is built from. */
export interface LeaderWorkOptions {
  readonly operator: OperatorLoop;
  readonly cluster: Pick<Cluster, 'onChange'>;
  readonly election: Pick<Election, 'isLeading' | 'term' | 'onTerm'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Notes one pass. */
  readonly onPass: (key: ReconcileKey, result: 'done' | 'failed', seconds: number) => void;
}

/** Passes over keys while this process leads. */
export interface LeaderWork {
  readonly counts: () => { ready: number; delayed: number; running: number; failed: number };
  /** True while passes are made: this process leads, and the beginning of its term is over. */
  isAtWork(): boolean;
  /** Seconds for which the oldest pass at work has been running. */
  oldestPassSeconds(): number;
  /** Begins no pass any more and resolves when those at work have ended. */
  drain(): Promise<void>;
}

/** Keys worked on at a time. Most of a pass is waiting for the API server. */
const concurrency = 8;

/** Wires terms and changes to a queue; it works as soon as a term begins. */
export function createLeaderWork(options: LeaderWorkOptions): LeaderWork {
  const { operator, cluster, election, clock, log, onPass } = options;
  const started = new Map<string, number>();
  let isDraining = false;
  /** The term whose beginning is over: passes before that would rest on what an earlier leader saw. */
  let ledTerm: number | undefined;
  const isAtWork = (): boolean => election.isLeading() && ledTerm === election.term();

  async function work(key: ReconcileKey): Promise<Requeue> {
    if (!isAtWork()) return { kind: 'onChange' };
    const text = keyText(key);
    const startMs = clock.now().monotonicMs;
    started.set(text, startMs);
    let result: 'done' | 'failed' = 'failed';
    try {
      const requeue = await operator.reconcile(key);
      result = requeue.kind === 'backoff' ? 'failed' : 'done';
      return requeue;
    } finally {
      started.delete(text);
      onPass(key, result, (clock.now().monotonicMs - startMs) / 1000);
    }
  }

  const queue = createWorkQueue<ReconcileKey>({ textOf: keyText, work, concurrency, clock, log });

  async function lead(term: number): Promise<void> {
    for (let attempt = 1; election.isLeading() && election.term() === term; attempt += 1) {
      if (isDraining) return;
      try {
        const keys = await operator.lead();
        log.info({ term, keys: keys.length }, 'Beginning a term');
        ledTerm = term;
        for (const key of keys) queue.add(key);
        return;
      } catch (thrown) {
        log.warn({ term, attempt, error: KubeosError.from(thrown) }, 'Failed to begin a term');
        await clock.sleep(pauseSeconds('backoff', attempt) * 1000);
      }
    }
  }

  election.onTerm((term) => void lead(term));
  cluster.onChange((change) => {
    // The loop keeps an index by these, also while another replica leads.
    const keys = operator.keysOf(change);
    if (isAtWork()) for (const key of keys) queue.add(key);
  });
  return {
    counts: () => queue.counts(),
    isAtWork,
    oldestPassSeconds() {
      const nowMs = clock.now().monotonicMs;
      return (nowMs - Math.min(nowMs, ...started.values())) / 1000;
    },
    drain() {
      isDraining = true;
      return queue.drain();
    },
  };
}
