import { createHash, pbkdf2Sync } from 'node:crypto';

const iterations = 10_000;
const hashBytes = 64;
const prefix = 'grub.pbkdf2.sha512.';

/**
 * The hash of a password in the form that `password_pbkdf2` of GRUB takes; what is such a hash already comes back as it
 * is, so that a recipe need not hold the password.
 *
 * The salt comes from a seed that everybody may know and that differs between images, such as the digest of the root
 * file system: the same build gives the same bytes, and the password itself leaves no trace that is quick to try.
 */
export function grubPasswordHash(password: string, seed: string): string {
  if (password.startsWith(prefix)) return password;
  const salt = createHash('sha512').update(`kubeos grub password ${seed}`).digest();
  const hash = pbkdf2Sync(password, salt, iterations, hashBytes, 'sha512');
  const hex = [salt, hash].map((bytes) => bytes.toString('hex').toUpperCase());
  return `${prefix}${[iterations, ...hex].join('.')}`;
}
