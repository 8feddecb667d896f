/** From a Pod to the few fields that a drain looks at. */
import type { PodView } from '@kubeos/core';
import { isJsonObject, listIn, metaOf, objectIn, textIn, textsIn } from '../store/object-meta.ts';
import { isReady } from './node-view.ts';

/** Set on the API server's copy of a static pod, https://kubernetes.io/docs/concepts/workloads/pods/#static-pods. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Reads a Pod. */
export function parsePod(raw: unknown): PodView {
  const { namespace = '', name, uid } = metaOf(raw);
  const meta = objectIn(raw, 'metadata');
  const status = objectIn(raw, 'status');
  const owners = listIn(meta, 'ownerReferences').filter(isJsonObject);
  const controller = owners.find((owner) => owner['controller'] === true);
  return {
    namespace,
    name,
    uid,
    labels: Object.fromEntries(textsIn(meta, 'labels')),
    phase: textIn(status, 'phase') ?? '',
    ready: listIn(status, 'conditions').some(isReady),
    deleting: textIn(meta, 'deletionTimestamp') !== undefined,
    mirror: textsIn(meta, 'annotations').has(mirrorAnnotation),
    ...(controller === undefined
      ? {}
      : {
          controller: {
            kind: textIn(controller, 'kind') ?? '',
            name: textIn(controller, 'name') ?? '',
            uid: textIn(controller, 'uid') ?? '',
          },
        }),
    hasOwner: owners.length > 0,
    hasEmptyDir: listIn(objectIn(raw, 'spec'), 'volumes').some(
      (volume) => isJsonObject(volume) && volume['emptyDir'] !== undefined,
    ),
  };
}
