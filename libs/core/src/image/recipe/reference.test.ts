import { describe, expect, it } from '@jest/globals';
import { recipeReference } from './reference.ts';

describe('the reference of a recipe', () => {
  const reference = recipeReference();
  const keyOf = (table: string, key: string) =>
    reference.find(({ name }) => name === table)?.keys.find(({ name }) => name === key);

  it('says something of every table and key', () => {
    for (const { name, meaning, keys } of reference) {
      expect({ name, meaning }).toEqual({ name, meaning: expect.stringMatching(/^[A-Z`].*\.$/u) });
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) {
        expect(key).toEqual({ ...key, meaning: expect.stringMatching(/^[A-Z`].*\.$/u) });
      }
    }
  });

  it('knows which tables are arrays, and which one there has to be', () => {
    const names = (is: 'isArray' | 'isRequired'): readonly string[] =>
      reference.filter((table) => table[is]).map(({ name }) => name);
    expect(names('isArray')).toEqual(['users', 'copy_files']);
    expect(names('isRequired')).toEqual(['from_repo']);
  });

  it.each([
    ['from_repo', 'version', 'string', 'required', /248/u],
    ['from_repo', 'rpmlist', 'list of strings', 'required', /^each is the name of a package$/u],
    ['from_repo', 'legacy_bios', 'boolean', 'false', /^$/u],
    ['from_repo', 'upgrade_img', 'string', 'optional', /with a tag or a digest/u],
    ['from_repo', 'arch', '`x86_64`, `aarch64`, `amd64`, `arm64`', 'optional', /^$/u],
    ['users', 'groups', 'list of strings', 'optional', /^at least one; each is a name/u],
    ['disk_partition', 'root', 'integer', 'required', /^a whole number from 1 to 4294967295$/u],
    ['disk_partition', 'img_size', 'integer', '20', /^a whole number from 1 to 4294967295$/u],
  ])('describes %s.%s', (table, key, type, presence, rule) => {
    expect(keyOf(table, key)).toMatchObject({ type, presence, rule: expect.stringMatching(rule) });
  });

  it('knows every secret', () => {
    const secrets = reference.flatMap(({ name, keys }) =>
      keys.filter(({ isSecret }) => isSecret).map((key) => `${name}.${key.name}`),
    );
    expect(secrets).toEqual([
      'from_repo.root_passwd',
      'users.passwd',
      'grub.passwd',
      'dm_verity.efi_key',
      'dm_verity.grub_key',
    ]);
  });
});
