/** Reading a whole collection page by page, so that memory does not grow with it. */
import { KubeosError } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { isJsonObject, listIn, objectIn, textIn } from './object-meta.ts';

/** Which objects are read. */
export interface Collection {
  /** Path of the collection, such as `/api/v1/nodes`. */
  readonly path: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Objects in one answer. */
  readonly pageSize: number;
}

/**
 * Hands over each object of the collection as of one moment after the call, and returns that moment's resource version.
 * Throws `RESOURCE_EXPIRED` when the pages took longer than the server remembers.
 */
export async function readPages(
  api: ApiClient,
  collection: Collection,
  onObject: (object: unknown) => void,
  signal?: AbortSignal,
): Promise<string> {
  let next: string | undefined;
  for (;;) {
    // Without a resource version the server answers with its newest state, not with that of its cache.
    const page = await api.request({
      method: 'GET',
      path: collection.path,
      query: {
        limit: collection.pageSize,
        fieldSelector: collection.fieldSelector,
        labelSelector: collection.labelSelector,
        continue: next,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const meta = objectIn(page, 'metadata');
    const resourceVersion = textIn(meta, 'resourceVersion');
    if (!isJsonObject(page) || resourceVersion === undefined) {
      throw new KubeosError('API_UNAVAILABLE', `The answer for ${collection.path} is no list`);
    }
    for (const item of listIn(page, 'items')) onObject(item);
    next = textIn(meta, 'continue');
    if (next === undefined || next === '') return resourceVersion;
  }
}
