/** Work that outlives its callers: many may follow it, each may let go, and only `stop` ends it. */
import type { OperationProgress } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { InstallWatch } from '../ports/node.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';

/** A Prepare that is going on in this process. */
export interface PrepareJob {
  readonly id: string;
  readonly seq: number;
  progress(): OperationProgress | undefined;
  /** Follows the work until it ends or the signal is aborted, which is a `CANCELLED` for this caller alone. */
  attach(
    onProgress: (progress: OperationProgress) => void,
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  /** Ends the work. Throws `BUSY` when it does not react. */
  stop(): Promise<void>;
}

/** What a job is started with. */
export interface PrepareJobOptions {
  readonly id: string;
  readonly seq: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The work; fails with `CANCELLED` when it was stopped. */
  readonly work: (watch: InstallWatch) => Promise<PhaseAnswer>;
  readonly onProgress: () => void;
  readonly onEnd: () => void;
}

/** Longest time without a new byte, after which the source counts as stalled. */
const stallMs = 600_000;
/** Longest time that work may take to react to being stopped. */
const stopMs = 30_000;

/** Starts the work. */
export function startPrepareJob(options: PrepareJobOptions): PrepareJob {
  const { clock, log } = options;
  const abort = new AbortController();
  const over = new AbortController();
  const followers = new Set<(progress: OperationProgress) => void>();
  let progress: OperationProgress | undefined;
  let movedMs = clock.now().monotonicMs;
  let isEnded = false;

  function onProgress(next: OperationProgress): void {
    if (next.step !== progress?.step || next.bytesDone !== progress.bytesDone) {
      movedMs = clock.now().monotonicMs;
    }
    progress = next;
    for (const follow of followers) tell(follow, next);
    options.onProgress();
  }

  /** A caller's failure is not the work's. */
  function tell(follow: (progress: OperationProgress) => void, next: OperationProgress): void {
    try {
      follow(next);
    } catch (error) {
      log.warn({ error }, 'Could not report progress');
    }
  }

  async function watchForStall(): Promise<void> {
    for (let wait = stallMs; wait > 0; wait = movedMs + stallMs - clock.now().monotonicMs) {
      await clock.sleep(wait, over.signal);
    }
    const minutes = stallMs / 60_000;
    abort.abort(new KubeosError('STALLED', `No new byte for ${minutes} minutes`));
  }

  async function run(): Promise<PhaseAnswer> {
    try {
      return await options.work({ signal: abort.signal, onProgress });
    } finally {
      isEnded = true;
      over.abort();
      options.onEnd();
    }
  }

  const finished = run();
  finished.catch((error: unknown) => {
    const { id: operation, seq } = options;
    log.warn({ error, operation, seq }, 'Prepare did not succeed');
  });
  watchForStall().catch((error: unknown) => {
    log.debug({ error }, 'No longer watching for a stall');
  });

  return {
    id: options.id,
    seq: options.seq,
    progress: () => progress,
    attach(follow, signal) {
      if (progress !== undefined && !isEnded) tell(follow, progress);
      followers.add(follow);
      const letGo = leaving(signal);
      return Promise.race([finished, letGo.left]).finally(() => {
        followers.delete(follow);
        letGo.forget();
      });
    },
    async stop() {
      abort.abort(new KubeosError('CANCELLED', 'Prepare was stopped'));
      const limit = new AbortController();
      const isOver = await Promise.race([
        finished.then(
          () => true,
          () => true,
        ),
        clock.sleep(stopMs, limit.signal).then(
          () => false,
          () => true,
        ),
      ]);
      limit.abort();
      if (!isOver) throw new KubeosError('BUSY', 'Prepare does not react to being stopped');
    },
  };
}

/** A promise that is rejected when the signal is aborted, and a way to forget it. */
function leaving(signal: AbortSignal): { readonly left: Promise<never>; forget(): void } {
  let onAbort: () => void;
  const left = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(new KubeosError('CANCELLED', 'The caller has let go; the work goes on'));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  return {
    left,
    forget: () => {
      signal.removeEventListener('abort', onAbort);
    },
  };
}
