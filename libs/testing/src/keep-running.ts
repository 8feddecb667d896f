import { setImmediate } from 'node:timers/promises';

/**
 * Takes one turn after the other for a test that waits, such as those of a virtual clock.
 *
 * @returns ends it, and waits for the last turn
 */
export function keepRunning(turn: () => Promise<void>): () => Promise<void> {
  let isOver = false;
  const run = async (): Promise<void> => {
    while (!isOver) {
      await turn();
      await setImmediate();
    }
  };
  const running = run();
  return async () => {
    isOver = true;
    await running;
  };
}
