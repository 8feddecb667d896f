/** Reads the tables of a recipe and finds what is wrong with each of them. */
import type * as z from 'zod/mini';
import { closestName } from './closest.ts';
import { pathText } from './path-text.ts';
import type { RecipeIssue } from './recipe.ts';
import { keyNames, recipeTables, tableNames, type TableName, type TableValues } from './tables.ts';
import { findKey, findWritten, plainOf, type WrittenPath, type WrittenTable } from './written.ts';

/** The tables that are there and right. */
export type RecipeTables = { readonly [N in TableName]: TableValues<N> | undefined };

/** What was read of a file. */
export interface ReadTables {
  readonly tables: RecipeTables;
  readonly issues: readonly RecipeIssue[];
}

/** Something wrong at a path, before it has a place. */
export interface Problem {
  readonly path: WrittenPath;
  readonly message: string;
  /** It is the name that is wrong, not the value. */
  readonly isName?: true;
}

/** Reads every table that is there. */
export function readTables(root: WrittenTable): ReadTables {
  const issues = [...root.entries]
    .filter(([name]) => !isTableName(name))
    .map(([name]) => placed(root, { path: [name], message: unknownAtTop(name), isName: true }));
  const read = <T>(name: TableName, schema: z.ZodMiniType<T>): T | undefined => {
    const written = root.entries.get(name)?.value;
    if (written === undefined) return undefined;
    const result = schema.safeParse(plainOf(written));
    if (result.success) return result.data;
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, name, root));
    issues.push(...problems.map((problem) => placed(root, problem)));
    return undefined;
  };
  const tables: RecipeTables = {
    from_repo: read('from_repo', recipeTables.from_repo),
    users: read('users', recipeTables.users),
    copy_files: read('copy_files', recipeTables.copy_files),
    grub: read('grub', recipeTables.grub),
    systemd_service: read('systemd_service', recipeTables.systemd_service),
    chroot_script: read('chroot_script', recipeTables.chroot_script),
    disk_partition: read('disk_partition', recipeTables.disk_partition),
    persist_mkdir: read('persist_mkdir', recipeTables.persist_mkdir),
    pxe_config: read('pxe_config', recipeTables.pxe_config),
    admin_container: read('admin_container', recipeTables.admin_container),
    dm_verity: read('dm_verity', recipeTables.dm_verity),
    from_dockerimg: read('from_dockerimg', recipeTables.from_dockerimg),
  };
  return { tables, issues };
}

/** The problem with its place: that of the value, or where it is not there of what it would be in. */
export function placed(root: WrittenTable, { path, message, isName }: Problem): RecipeIssue {
  const value = findWritten(root, path);
  // A table or a list that is wrong as a whole is found by its name.
  const place = value?.kind === 'scalar' && isName !== true ? value.place : findKey(root, path);
  if (place !== undefined) return { ...place, path: pathText(path), message };
  const outer = placed(root, { path: path.slice(0, -1), message });
  return { ...outer, path: pathText(path) };
}

function isTableName(name: string): name is TableName {
  return Object.hasOwn(recipeTables, name);
}

function problemsOf(
  issue: z.core.$ZodIssue,
  table: TableName,
  root: WrittenTable,
): readonly Problem[] {
  const path = [
    table,
    ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
  ];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: unknownInTable(key, table),
      isName: true,
    }));
  }
  if (findWritten(root, path) !== undefined) return [{ path, message: issue.message }];
  return [{ path, message: issue.message.replace(/^E/, 'Missing key; e') }];
}

function unknownAtTop(name: string): string {
  const closest = closestName(name, tableNames);
  if (closest !== undefined) return `Unknown table; did you mean "${closest}"?`;
  const homes = tablesWith(name);
  if (homes !== '') return `Unknown at the top of the file; expected it in ${homes}`;
  return `Unknown table; expected one of ${tableNames.join(', ')}`;
}

function unknownInTable(name: string, table: TableName): string {
  const names = keyNames(table);
  const closest = closestName(name, names);
  if (closest !== undefined) return `Unknown key; did you mean "${closest}"?`;
  const homes = tablesWith(name);
  if (homes !== '') return `Unknown key of [${table}]; expected it in ${homes}`;
  return `Unknown key; expected one of ${names.join(', ')}`;
}

function tablesWith(key: string): string {
  const homes = tableNames.filter((name) => keyNames(name).includes(key));
  return homes.map((name) => `[${name}]`).join(' or ');
}
