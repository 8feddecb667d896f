import { describe, expect, it } from '@jest/globals';
import { checkRecipeFor } from './check-recipe.ts';
import { fullRecipe, leastRecipe, recipeOf } from './recipe.fixture.ts';
import type { ImageArch, ImageKind } from './recipe.ts';

function check(lines: string, kind: ImageKind, arch: ImageArch = 'amd64'): readonly string[] {
  return checkRecipeFor(recipeOf(leastRecipe + lines), kind, arch).map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}

describe('a recipe for a kind of image', () => {
  it('is fine when nothing speaks against it', () => {
    const recipe = recipeOf(fullRecipe);
    expect(checkRecipeFor(recipe, 'vm-img', 'amd64')).toEqual([]);
    expect(checkRecipeFor(recipe, 'upgrade-img', 'amd64')).toEqual([]);
    expect(check('arch = "aarch64"\nimage_type = "vm-img"\n', 'vm-img', 'arm64')).toEqual([]);
  });

  it.each<ImageKind>(['pxe-img', 'admin-container'])('cannot be for %s', (kind) => {
    expect(check('', kind)).toEqual([`1:1 : ${kind} is not built by this version`]);
  });

  it.each<[string, ImageKind, ImageArch, readonly string[]]>([
    [
      '',
      'upgrade-img',
      'amd64',
      ['1:2 from_repo.upgrade_img: Missing key; expected the name of the image, for upgrade-img'],
    ],
    [
      'upgrade_img = "registry.example/KubeOS:1"\n',
      'upgrade-img',
      'amd64',
      [
        '7:1 from_repo.upgrade_img: Expected a name that registries take: its repository in lower case, each part beginning with a letter or digit',
      ],
    ],
    [
      'legacy_bios = true\n',
      'vm-img',
      'arm64',
      ['7:1 from_repo.legacy_bios: Expected false: machines with arm64 have no BIOS'],
    ],
    [
      'image_type = "vm-img"\narch = "arm64"\nupgrade_img = "a"\n',
      'upgrade-img',
      'amd64',
      [
        '7:1 from_repo.image_type: Expected upgrade-img, which the command line names, or no such key',
        '8:1 from_repo.arch: Expected amd64, the processor that images are built for here, or no such key',
      ],
    ],
    [
      'arch = "arm64"\n[grub]\npasswd = "a"\n[dm_verity]\nefi_key = "a"\ngrub_key = "b"\n',
      'vm-img',
      'amd64',
      [
        '7:1 from_repo.arch: Expected amd64, the processor that images are built for here, or no such key',
        '10:2 dm_verity: A verified root is not built by this version; remove [dm_verity]',
      ],
    ],
  ])('says what speaks against it: %#', (lines, kind, arch, expected) => {
    expect(check(lines, kind, arch)).toEqual(expected);
  });
});
