/** Which file an entry of settings means, and whether it may. */
import { KubeosError } from '../errors/index.ts';
import { traitsOf, type ModelName } from './models.ts';
import type { ModelRequest } from './request.ts';

/** Folders by model that take the place of the model's own. */
export type SettingsFolders = Readonly<Partial<Record<ModelName, readonly string[]>>>;

/** What deciding on a path takes. */
export interface SettingsPaths {
  readonly bootMenu: string;
  readonly folders: SettingsFolders;
}

/**
 * The file of an entry; `undefined` for a model that has none.
 *
 * @throws KubeosError `SETTINGS_REFUSED` when the entry names a file outside the folders of its model: whoever may write
 *   an `OS` could otherwise have root write anywhere on the node.
 */
export function fileOf(
  { model, path }: Pick<ModelRequest, 'model' | 'path'>,
  paths: SettingsPaths,
): string | undefined {
  const { place, ending = '' } = traitsOf(model);
  if (place.kind === 'kernel') return undefined;
  if (place.kind === 'bootMenu') return paths.bootMenu;
  const wanted = path ?? place.path;
  const folders = paths.folders[model] ?? place.folders;
  const slash = wanted.lastIndexOf('/');
  const isAllowed = folders.includes(wanted.slice(0, slash)) && isFileName(wanted.slice(slash + 1));
  if (isAllowed && wanted.endsWith(ending)) return wanted;
  const name = ending === '' ? 'a file' : `a file *${ending}`;
  throw new KubeosError(
    'SETTINGS_REFUSED',
    `${model}: ${wanted} is not ${name} directly in ${folders.join(' or ')}`,
    { details: { model, path: wanted } },
  );
}

function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('\0');
}
