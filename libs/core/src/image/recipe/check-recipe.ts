/** What a recipe has to have for one kind of image. */
import { parseImageReference } from '../../registry/index.ts';
import type { ImageArch, ImageKind, Recipe, RecipeIssue, RecipePlace } from './recipe.ts';

/** What is wrong with a valid recipe for this kind of image and this processor. */
export function checkRecipeFor(
  recipe: Recipe,
  kind: ImageKind,
  arch: ImageArch,
): readonly RecipeIssue[] {
  const { fromRepo, dmVerity } = recipe;
  const problems: readonly (readonly [isWrong: boolean, path: string, message: string])[] = [
    [kind === 'pxe-img' || kind === 'admin-container', '', `${kind} is not built by this version`],
    [
      dmVerity !== undefined,
      'dm_verity',
      'A verified root is not built by this version; remove [dm_verity]',
    ],
    [
      kind === 'upgrade-img' && fromRepo.upgradeImg === undefined,
      'from_repo.upgrade_img',
      'Missing key; expected the name of the image, for upgrade-img',
    ],
    [
      kind === 'upgrade-img' && !isReference(fromRepo.upgradeImg ?? 'none'),
      'from_repo.upgrade_img',
      'Expected a name that registries take: its repository in lower case, each part beginning with a letter or digit',
    ],
    [
      arch === 'arm64' && fromRepo.legacyBios,
      'from_repo.legacy_bios',
      'Expected false: machines with arm64 have no BIOS',
    ],
    [
      fromRepo.imageType !== undefined && fromRepo.imageType !== kind,
      'from_repo.image_type',
      `Expected ${kind}, which the command line names, or no such key`,
    ],
    [
      fromRepo.arch !== undefined && fromRepo.arch !== arch,
      'from_repo.arch',
      `Expected ${arch}, the processor that images are built for here, or no such key`,
    ],
  ];
  return problems
    .filter(([isWrong]) => isWrong)
    .map(([, path, message]) => ({ ...placeOf(recipe, path), path, message }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Upstream's rule lets through what neither docker nor a registry does. */
function isReference(name: string): boolean {
  try {
    parseImageReference(name);
    return true;
  } catch {
    return false;
  }
}

/** Of a key that is not there, the place of its table. */
function placeOf({ places }: Recipe, path: string): RecipePlace {
  const table = path.split('.')[0] ?? '';
  return places.get(path) ?? places.get(table) ?? { line: 1, column: 1 };
}
