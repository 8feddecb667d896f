/** Reads a recipe: TOML as upstream's, but every mistake is found, all at once, with its place. */
import { crossProblems } from './cross-rules.ts';
import { pathText } from './path-text.ts';
import { placed, readTables } from './read-tables.ts';
import { readToml } from './read-toml.ts';
import { writtenFiles } from './recipe-files.ts';
import { recipeOf } from './recipe-of.ts';
import type { RecipeFile, RecipeIssue, RecipePlace, RecipeResult } from './recipe.ts';
import type { Written, WrittenPath, WrittenTable } from './written.ts';

/** Reads the text of a recipe. Never throws; of mistakes in the TOML itself only the first is found. */
export function parseRecipe(text: string): RecipeResult {
  const { root, issues } = readToml(text);
  if (root === undefined) return invalid(issues, []);
  const { tables, issues: more } = readTables(root);
  const problems = crossProblems(root, tables);
  const all = [...issues, ...more, ...problems.map((problem) => placed(root, problem))];
  const { from_repo: fromRepo } = tables;
  const files = writtenFiles(root, all);
  if (all.length > 0 || fromRepo === undefined) return invalid(all, files);
  return { kind: 'ok', recipe: recipeOf(tables, fromRepo, placesOf(root)), files };
}

function invalid(issues: readonly RecipeIssue[], files: readonly RecipeFile[]): RecipeResult {
  const sorted = [...issues].sort((a, b) => a.line - b.line || a.column - b.column);
  return { kind: 'invalid', issues: sorted, files };
}

function placesOf(root: WrittenTable): ReadonlyMap<string, RecipePlace> {
  const places = new Map<string, RecipePlace>();
  const visit = (written: Written, path: WrittenPath): void => {
    if (written.kind === 'list') {
      written.items.forEach((item, index) => {
        places.set(pathText([...path, index]), item.place);
        visit(item, [...path, index]);
      });
    }
    if (written.kind !== 'table') return;
    for (const [name, { place, value }] of written.entries) {
      places.set(pathText([...path, name]), place);
      visit(value, [...path, name]);
    }
  };
  visit(root, []);
  return places;
}
