/** Which files of the build host a recipe names. */
import { pathText } from './path-text.ts';
import type { RecipeFile, RecipeIssue } from './recipe.ts';
import { findKey, findWritten, type WrittenPath, type WrittenTable } from './written.ts';

/**
 * The files that have to be there to build what this version builds, in the order of the tables. Those of tables that
 * are only checked are not among them. What is written counts, so that missing files are found along with all else that
 * is wrong; a key that is wrong itself names no file.
 */
export function writtenFiles(
  root: WrittenTable,
  issues: readonly RecipeIssue[],
): readonly RecipeFile[] {
  const wrong = new Set(issues.map(({ path }) => path));
  return fileKeys(root).flatMap(([key, expected]) => {
    const written = findWritten(root, key);
    const place = findKey(root, key);
    const path = pathText(key);
    if (written?.kind !== 'scalar' || place === undefined || wrong.has(path)) return [];
    const { value: file } = written;
    return typeof file === 'string' ? [{ ...place, path, file, expected }] : [];
  });
}

function fileKeys(
  root: WrittenTable,
): readonly (readonly [key: WrittenPath, expected: RecipeFile['expected']])[] {
  const copies = findWritten(root, ['copy_files']);
  const sources = copies?.kind === 'list' ? [...copies.items.keys()] : [];
  return [
    [['from_repo', 'repo_path'], 'file'],
    [['from_repo', 'agent_path'], 'file'],
    ...sources.map((index) => [['copy_files', index, 'src'], 'any'] as const),
    [['chroot_script', 'path'], 'file'],
  ];
}
