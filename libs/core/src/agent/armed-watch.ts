/** Watches that the reboot after arming comes; a candidate that nobody boots is disarmed. */
import { locked, type AgentContext } from './calls.ts';
import { armedLimitSeconds, isArmedHere } from './world.ts';

/** The watch of this process. */
export interface ArmedWatch {
  /** Begins to watch if a candidate is armed in this boot, unless it does already. */
  resume(): Promise<void>;
  isOn(): boolean;
  stop(): void;
}

/** Pause before another look at a slot that could not be disarmed, or while a reboot goes on for long. */
const retrySeconds = 60;

/** Builds the watch; it is off. */
export function createArmedWatch(context: AgentContext): ArmedWatch {
  const { deps, store } = context;
  let over: AbortController | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    await deps.clock.sleep(armedLimitSeconds * 1000, signal);
    while (await isStillArmed()) await deps.clock.sleep(retrySeconds * 1000, signal);
  }

  /** A look that fails tells nothing: it is tried again. */
  async function isStillArmed(): Promise<boolean> {
    try {
      return await locked(context, async (world) => isArmedHere(world));
    } catch (error) {
      deps.log.error({ error }, 'Could not look after an armed slot');
      return true;
    }
  }

  function watch(): void {
    if (over !== undefined) return;
    const mine = new AbortController();
    over = mine;
    run(mine.signal)
      .catch((error: unknown) => {
        // Whoever stops the agent knows; the reboot that was waited for does so each time.
        deps.log.debug({ error }, 'No longer watching an armed slot');
      })
      .finally(() => {
        if (over === mine) over = undefined;
      });
  }

  return {
    resume: async () => {
      if (isArmedHere(await store.look())) watch();
    },
    isOn: () => over !== undefined,
    stop: () => {
      over?.abort();
    },
  };
}
