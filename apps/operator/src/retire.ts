/** The last work of an operator, before the chart takes everything away: what is under way is ended. */
import { KubeosError, type Log } from '@kubeos/core';
import type { Wired } from './wiring.ts';
import { workUntil } from './work-until.ts';

/** What it needs. */
export interface RetireOptions {
  readonly retirement: Retirement;
  readonly wired: Wired;
  readonly log: Log;
  /** Seconds after which it gives up. */
  readonly deadlineSeconds: number;
  /** Aborted when the program is to end. */
  readonly stop: AbortSignal;
}

const lookSeconds = 1;
/**
 * How long the others wait for the Lease after a success: in that time the Deployment goes. Where it does not, they go on
 * as before.
 */
const successionSeconds = 30;

/** Says how the Lease is left: to the others where something remains, to nobody for a while where all is done. */
export class Retirement {
  isOver = false;

  /** Asked at the end of the election. */
  readonly lingerSeconds = (): number => (this.isOver ? successionSeconds : 0);
}

/**
 * Takes the Lease from whoever leads, cancels what has not changed its node yet, and sees the rest through. Throws `BUSY`
 * with what remains at the deadline, `CANCELLED` when it is told to end before that.
 */
export async function retire(options: RetireOptions): Promise<void> {
  await workUntil(options.wired, options.log, untilNothingRemains(options));
}

async function untilNothingRemains(options: RetireOptions): Promise<void> {
  const { retirement, wired, log, deadlineSeconds, stop } = options;
  const { clock } = wired;
  const deadlineMs = clock.now().monotonicMs + deadlineSeconds * 1000;
  let told = '';
  for (;;) {
    const remains = wired.remains();
    const text = remains?.join('; ') ?? 'not leading yet';
    if (remains?.length === 0) break;
    if (text !== told) log.info({ remains: text }, 'Waiting for what is under way');
    told = text;
    if (stop.aborted) throw new KubeosError('CANCELLED', `Told to end; there remains: ${text}`);
    if (clock.now().monotonicMs > deadlineMs) {
      throw new KubeosError(
        'BUSY',
        `After ${deadlineSeconds} s there remains: ${text}. Run helm uninstall again to go on waiting`,
      );
    }
    await clock.sleep(lookSeconds * 1000);
  }
  retirement.isOver = true;
  log.info({}, 'Nothing is under way');
}
