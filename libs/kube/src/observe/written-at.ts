import { isJsonObject, listIn, objectIn, textIn } from '../store/object-meta.ts';

/**
 * When the owner of a field last wrote it or another of its fields, as the API server keeps it in `managedFields`
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management); `undefined` when nobody owns it.
 *
 * @param path - Such as `['f:spec', 'f:unschedulable']`.
 * @param manager - Asks for this owner alone.
 */
export function writtenAt(
  object: unknown,
  path: readonly string[],
  manager?: string,
): string | undefined {
  const times = listIn(objectIn(object, 'metadata'), 'managedFields')
    .filter(isJsonObject)
    .filter((entry) => manager === undefined || entry['manager'] === manager)
    .filter((entry) => entry['subresource'] === undefined && owns(entry['fieldsV1'], path))
    .flatMap((entry) => textIn(entry, 'time') ?? []);
  return times.sort().at(-1);
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const step of path) {
    if (!isJsonObject(at) || !(step in at)) return false;
    at = at[step];
  }
  return true;
}

/** Who else declares a field by server-side apply, and so may set it back: the names of the managers. */
export function appliersOf(object: unknown, path: readonly string[]): readonly string[] {
  return listIn(objectIn(object, 'metadata'), 'managedFields')
    .filter(isJsonObject)
    .filter((entry) => entry['operation'] === 'Apply' && owns(entry['fieldsV1'], path))
    .flatMap((entry) => textIn(entry, 'manager') ?? []);
}
