/** Evictions, https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/. */
import { hasCode, type EvictionAnswer, type KubeosError, type PodView } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { leaseMarginSeconds } from '../lease/leadership.ts';
import { metaOf } from '../store/object-meta.ts';
import { podPath } from './paths.ts';
import { readObject } from './reads.ts';

/**
 * An eviction has no guard but the pod's UID: what is under way for longer could be carried out after the next leader has
 * begun. A second less than the margin of the Lease is left for it.
 */
const evictionSeconds = leaseMarginSeconds - 1;
const unanswered = `The eviction was not answered within ${evictionSeconds} s`;

/** Asks for the eviction of exactly this pod, not of another one of the same name. */
export async function evict(api: ApiClient, pod: PodView): Promise<EvictionAnswer> {
  const { namespace, name, uid } = pod;
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
    deleteOptions: { preconditions: { uid } },
  };
  try {
    await api.request({
      method: 'POST',
      path: `${podPath(namespace, name)}/eviction`,
      body,
      deadlineSeconds: evictionSeconds,
    });
    return { kind: 'evicted' };
  } catch (error) {
    if (hasCode(error, 'NOT_FOUND')) return { kind: 'gone' };
    if (hasCode(error, 'CONFLICT')) return lookAgain(api, pod, error.message);
    if (isRefusal(error)) return { kind: 'blocked', message: error.message };
    if (hasCode(error, 'API_UNAVAILABLE')) return lookAgain(api, pod, unanswered);
    throw error;
  }
}

/**
 * A conflict is either another pod under this name, or a budget that changed at the same moment. The server itself tries
 * again for 10 seconds before it says so, longer than we wait. Where it does not answer this either, that is thrown.
 */
async function lookAgain(api: ApiClient, pod: PodView, message: string): Promise<EvictionAnswer> {
  const uid = await readObject(api, podPath(pod.namespace, pod.name), (raw) => metaOf(raw).uid);
  return uid === pod.uid ? { kind: 'blocked', message } : { kind: 'gone' };
}

/**
 * What concerns this pod alone: the others are still to be asked for. A budget refuses with 429 and names itself as the
 * cause; the server's own load shedding has no such cause. A webhook or a namespace that is going refuses with 400 or
 * 403, a pod with two budgets or a webhook that is down with 500.
 */
function isRefusal(error: unknown): error is KubeosError {
  if (hasCode(error, 'TOO_MANY_REQUESTS')) {
    return String(error.details['causes']).includes('DisruptionBudget');
  }
  if (hasCode(error, 'FORBIDDEN', 'API_REJECTED')) return true;
  return hasCode(error, 'API_UNAVAILABLE') && error.details['status'] !== undefined;
}
