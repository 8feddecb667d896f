/** What an operator that goes for good would leave behind. */
import { cordonAnnotation, operationFinalizer } from '../api/names.ts';
import type { ClusterCache } from '../ports/cluster.ts';

/**
 * What nobody would take away after the last operator: cordons of ours, open operations, finalizers. A line for each, for
 * people; empty when it may go.
 */
export function remainsOf(cache: ClusterCache): readonly string[] {
  const remains: string[] = [];
  for (const { name, spec } of cache.instances()) {
    const { operation } = spec;
    if (operation === undefined) continue;
    remains.push(`${name}: ${operation.type} to ${operation.target.version}, ${operation.phase}`);
  }
  for (const { name, annotations } of cache.nodes()) {
    if (!Object.hasOwn(annotations, cordonAnnotation)) continue;
    if (cache.instance(name)?.spec.operation !== undefined) continue;
    remains.push(`${name}: cordoned`);
  }
  for (const { namespace, name, finalizers, status } of cache.oses()) {
    const isPending = (status.admission?.pending.length ?? 0) > 0;
    if (!isPending && !finalizers.includes(operationFinalizer)) continue;
    remains.push(`OS ${namespace}/${name}: held while operations are open`);
  }
  return remains;
}
