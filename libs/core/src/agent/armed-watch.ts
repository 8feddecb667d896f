/** Watches that the reboot after arming comes; a candidate that nobody boots is disarmed. */
import { locked, type AgentContext } from './calls.ts';
import { armedLimitSeconds, isArmedHere } from './world.ts';

/** The watch of this process. */
export interface ArmedWatch {
  /** Begins to watch, if it does not yet. */
  watch(): void;
  /** Begins to watch if a candidate is armed in this boot. */
  resume(): Promise<void>;
  isOn(): boolean;
  stop(): void;
}

/** Builds the watch; it is off. */
export function createArmedWatch(context: AgentContext): ArmedWatch {
  const { deps, store } = context;
  let over: AbortController | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    do {
      await deps.clock.sleep(armedLimitSeconds * 1000, signal);
    } while (await locked(context, async (world) => isArmedHere(world)));
  }

  function watch(): void {
    if (over !== undefined) return;
    const mine = new AbortController();
    over = mine;
    run(mine.signal)
      .catch((error: unknown) => {
        // Whoever stops the agent knows; the reboot that was waited for does so each time.
        if (!mine.signal.aborted) deps.log.warn({ error }, 'No longer watching an armed slot');
      })
      .finally(() => {
        if (over === mine) over = undefined;
      });
  }

  return {
    watch,
    resume: async () => {
      if (isArmedHere(await store.look())) watch();
    },
    isOn: () => over !== undefined,
    stop: () => {
      over?.abort();
    },
  };
}
