import type { Recipe } from '@kubeos/core/image';

/** Takes out of a text the secrets of a recipe that a program has repeated, such as a script that was given one. */
export function hideSecrets(text: string, { users, fromRepo, grub }: Recipe): string {
  // An account without a password has `*` or `!` for one.
  const hashes = fromRepo.rootPasswd.startsWith('$') ? [fromRepo.rootPasswd] : [];
  const menu = grub === undefined ? [] : [grub.passwd];
  const secrets = [...users.map(({ passwd }) => passwd), ...menu, ...hashes];
  // One that begins with another would leave its end otherwise.
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}
