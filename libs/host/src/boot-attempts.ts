import { join } from 'node:path';
import { readTextIfThere } from './durable-file.ts';

/** A boot of a slot on trial, as the initrd noted it. */
export interface BootAttempt {
  readonly bootId: string;
  /** The whole line: when, which slot, and how far the initrd came. */
  readonly line: string;
}

const attempted = ['trial', 'manual'];

/**
 * The boots of the last trial, oldest first, from the file in which the initrd of an image notes each boot. Empty where it
 * got that far in none of them, and where there is no such file. Throws `STORAGE_FAILED`.
 */
export async function readBootAttempts(
  root: string,
  currentBootId: string,
): Promise<readonly BootAttempt[]> {
  const text = (await readTextIfThere(join(root, 'persist/kubeos/boots'))) ?? '';
  const boots = text.split('\n').flatMap((line) => {
    const [, bootId, , why] = line.split(' ');
    if (bootId === undefined || why === undefined || bootId === currentBootId) return [];
    return [{ bootId, line, isAttempt: attempted.includes(why) }];
  });
  return boots.slice(boots.findLastIndex(({ isAttempt }) => !isAttempt) + 1);
}
