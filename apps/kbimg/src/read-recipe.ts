/** The recipe as kbimg gets it: a file, read, checked, and everything it names looked for. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { KubeosError } from '@kubeos/core';
import {
  checkRecipeFor,
  parseRecipe,
  recipeFiles,
  type ImageArch,
  type ImageKind,
  type Recipe,
  type RecipeIssue,
} from '@kubeos/core/image';

/** A recipe that can be built. */
export interface ReadRecipe {
  readonly recipe: Recipe;
  /** Folder from which its relative paths count. */
  readonly recipeDir: string;
}

/**
 * Reads a recipe. Throws `INVALID_ARGUMENT` with everything that is wrong with it, one problem a line as
 * `file:line:column: key: what was expected`.
 */
export async function readRecipe(
  file: string,
  kind: ImageKind,
  arch: ImageArch,
): Promise<ReadRecipe> {
  const parsed = parseRecipe(await read(file));
  if (parsed.kind === 'invalid') throw invalid(file, parsed.issues);
  const { recipe } = parsed;
  const recipeDir = dirname(resolve(file));
  const issues = [
    ...checkRecipeFor(recipe, kind, arch),
    ...(await missingFiles(recipe, recipeDir)),
  ];
  if (issues.length > 0) throw invalid(file, issues);
  return { recipe, recipeDir };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new KubeosError('INVALID_ARGUMENT', `kbimg: cannot read the recipe ${file}`, { cause });
  }
}

async function missingFiles(recipe: Recipe, recipeDir: string): Promise<readonly RecipeIssue[]> {
  const found = await Promise.all(
    recipeFiles(recipe).map(async ({ file, expected, path, line, column }) => {
      const place = resolve(recipeDir, file);
      const facts = await stat(place).catch(() => undefined);
      if (facts === undefined) return [{ path, line, column, message: `${place} does not exist` }];
      if (expected === 'file' && !facts.isFile()) {
        return [{ path, line, column, message: `${place} is not a file` }];
      }
      return [];
    }),
  );
  return found.flat();
}

function invalid(file: string, issues: readonly RecipeIssue[]): KubeosError {
  const lines = issues.map(
    ({ line, column, path, message }) =>
      `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  );
  return new KubeosError('INVALID_ARGUMENT', lines.join('\n'));
}
