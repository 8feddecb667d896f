/** The recipe as kbimg gets it: a file, read, checked, and everything it names looked for. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { KubeosError } from '@kubeos/core';
import {
  checkRecipeFor,
  parseRecipe,
  type ImageArch,
  type ImageKind,
  type Recipe,
  type RecipeFile,
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
  const recipeDir = dirname(resolve(file));
  const missing = await missingFiles(parsed.files, recipeDir);
  if (parsed.kind === 'invalid') throw invalid(file, [...parsed.issues, ...missing]);
  const { recipe } = parsed;
  const issues = [...checkRecipeFor(recipe, kind, arch), ...missing];
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

async function missingFiles(
  files: readonly RecipeFile[],
  recipeDir: string,
): Promise<readonly RecipeIssue[]> {
  const found = await Promise.all(
    files.map(async ({ file, expected, path, line, column }) => {
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
  const inOrder = issues.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = inOrder.map(
    ({ line, column, path, message }) =>
      `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  );
  return new KubeosError('INVALID_ARGUMENT', lines.join('\n'));
}
