import { hasCode, KubeosError } from '../errors/index.ts';
import type { ClusterApi, Leadership } from '../ports/cluster.ts';

/**
 * The cluster as only the leader of a term may write it: every write first checks the lease on this process's own clock, so
 * that a process that slept through the loss of its lease writes nothing. Neither does it when it has won the lease again:
 * what it knows is of a time before another leader was at work. Each answer or outage is noted.
 *
 * @throws KubeosError `NOT_LEADING` from every write once the term is over.
 */
export function leadingApi(
  api: ClusterApi,
  leadership: Leadership,
  term: number,
  note: (answered: boolean) => void,
): ClusterApi {
  const noted = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      const answer = await call();
      note(true);
      return answer;
    } catch (error) {
      note(!hasCode(error, 'API_UNAVAILABLE'));
      throw error;
    }
  };
  const leading = <T>(call: () => Promise<T>): Promise<T> => {
    if (leadership.isLeading() && leadership.term() === term) return noted(call);
    return Promise.reject(new KubeosError('NOT_LEADING', 'The lease is not held any more'));
  };
  return {
    refresh: () => noted(() => api.refresh()),
    getOs: (namespace, name) => noted(() => api.getOs(namespace, name)),
    getNode: (name) => noted(() => api.getNode(name)),
    getInstance: (name) => noted(() => api.getInstance(name)),
    listPods: (node) => noted(() => api.listPods(node)),
    listBudgets: (namespaces) => noted(() => api.listBudgets(namespaces)),
    getNodeLease: (name) => noted(() => api.getNodeLease(name)),
    servedSchemaRevision: () => noted(() => api.servedSchemaRevision()),
    createInstance: (node, spec) => leading(() => api.createInstance(node, spec)),
    adoptInstance: (node, instance) => leading(() => api.adoptInstance(node, instance)),
    writeInstance: (instance, spec, withFinalizer) =>
      leading(() => api.writeInstance(instance, spec, withFinalizer)),
    deleteInstance: (instance) => leading(() => api.deleteInstance(instance)),
    applyInstanceConditions: (instance, conditions) =>
      leading(() => api.applyInstanceConditions(instance, conditions)),
    changeNode: (node, change) => leading(() => api.changeNode(node, change)),
    evict: (pod) => leading(() => api.evict(pod)),
    writeOsStatus: (os, status) => leading(() => api.writeOsStatus(os, status)),
    setOsFinalizer: (os, present) => leading(() => api.setOsFinalizer(os, present)),
    emit: (event) => leading(() => api.emit(event)),
  };
}
