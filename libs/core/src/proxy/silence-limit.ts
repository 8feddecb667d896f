/** A limit on how long a call may show no sign of life. */
import { KubeosError } from '../errors/index.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * Runs the work until it ends, until the signal ends it, or until `heard` was not called for so many seconds. Throws
 * `AGENT_UNREACHABLE` after silence and `CANCELLED` after the signal; either way the signal given to the work is aborted.
 */
export async function withSilenceLimit<T>(
  clock: Clock,
  seconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal, heard: () => void) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const timer = new AbortController();
  let heardMs = clock.now().monotonicMs;
  const heard = (): void => {
    heardMs = clock.now().monotonicMs;
  };
  const silence = async (): Promise<never> => {
    for (;;) {
      const leftMs = heardMs + seconds * 1000 - clock.now().monotonicMs;
      if (leftMs <= 0) {
        throw new KubeosError('AGENT_UNREACHABLE', `The agent was silent for ${seconds} seconds`);
      }
      await clock.sleep(leftMs, timer.signal);
    }
  };
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(new KubeosError('CANCELLED', 'The call was let go'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(inner.signal, heard), silence(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    timer.abort();
    inner.abort();
  }
}
