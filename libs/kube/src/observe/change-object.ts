/** Changes that a person asks for: decided on what is read, and written only if that is still so. */
import { hasCode, KubeosError } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { mergePatchType } from '../cluster/guarded-patch.ts';
import { metaOf } from '../store/object-meta.ts';

/** Which object is changed, and how. */
export interface ChangeOptions {
  readonly api: ApiClient;
  /** Path of the object. */
  readonly path: string;
  readonly fieldManager: string;
  /** The server checks the change and does not store it. */
  readonly dryRun: boolean;
}

/** Times that a change is decided anew when somebody else was faster. */
const mostTries = 5;

/**
 * Reads the object, lets the caller decide what to merge into it, and writes that if the object is still the same; else
 * all of it is done again, so that no decision is made on what is not there any more.
 *
 * @param decide - Gives the members to merge, `undefined` for none, or throws what speaks against it.
 * @throws KubeosError the codes of the Kubernetes API; `CONFLICT` when the object changes all the time.
 */
export async function changeObject(
  { api, path, fieldManager, dryRun }: ChangeOptions,
  decide: (object: unknown) => object | undefined | Promise<object | undefined>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const object = await api.request({ method: 'GET', path });
    const change = await decide(object);
    if (change === undefined) return;
    const { uid, resourceVersion } = metaOf(object);
    try {
      await api.request({
        method: 'PATCH',
        path,
        query: { fieldManager, ...(dryRun ? { dryRun: 'All' } : {}) },
        contentType: mergePatchType,
        body: guarded(change, { uid, resourceVersion }),
      });
      return;
    } catch (error) {
      if (!hasCode(error, 'CONFLICT')) throw error;
      if (tries >= mostTries) {
        throw new KubeosError('CONFLICT', `${path} changes all the time; try again`, {
          cause: error,
        });
      }
    }
  }
}

function guarded(change: object, guard: object): object {
  const metadata = 'metadata' in change ? change.metadata : {};
  return { ...change, metadata: { ...(metadata as object), ...guard } };
}
