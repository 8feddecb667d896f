/** Ends what hangs; what is slow beside machines that boot has its time. */
const patienceSeconds = 300;

/** How long a wait lasts, and what it tells when it was in vain. */
export interface UntilOptions {
  /** Default 300. */
  readonly seconds?: number;
  /** What was there in place of what was waited for. */
  readonly instead?: () => unknown;
}

/** Waits until the condition holds; fails when that takes too long. */
export async function until(
  what: string,
  holds: () => unknown,
  { seconds = patienceSeconds, instead = () => undefined }: UntilOptions = {},
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      const found = JSON.stringify(await instead(), undefined, 1);
      throw new Error(`Waited ${String(seconds)} s in vain for ${what}; there was ${found}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
