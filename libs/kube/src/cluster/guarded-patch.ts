/** Patches that the API server refuses when the object has changed since it was read. */

/** One step of a JSON patch, https://www.rfc-editor.org/rfc/rfc6902. */
export type PatchStep =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** Content type of a list of steps. */
export const jsonPatchType = 'application/json-patch+json';
/** Content type of an object that is merged, https://www.rfc-editor.org/rfc/rfc7396. */
export const mergePatchType = 'application/merge-patch+json';
/** Content type of server-side apply. JSON is YAML. */
export const applyPatchType = 'application/apply-patch+yaml';

/**
 * Steps that replace whole members. Unlike a merge nothing of the old value stays behind in them. Putting the version in
 * makes the server compare it with its own and answer 409 when it differs.
 */
export function guardedSteps(
  resourceVersion: string,
  steps: readonly PatchStep[],
): readonly PatchStep[] {
  return [{ op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }, ...steps];
}

/** The step that sets the list of finalizers with ours in it or not; all others stay. */
export function finalizerStep(
  present: readonly string[],
  ours: string,
  isWanted: boolean,
): PatchStep {
  const others = present.filter((finalizer) => finalizer !== ours);
  return { op: 'add', path: '/metadata/finalizers', value: isWanted ? [...others, ours] : others };
}
