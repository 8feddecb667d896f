import { parseMetadata } from './metadata.ts';
import { osStatusWire } from './os-status.wire.ts';
import type { NodeSelector, Os } from './os.ts';
import { readMembers } from './read-members.ts';
import { readOsSpec } from './read-os-spec.ts';

/**
 * Reads an `OS` as the API server returned it and converts its spec to our own terms.
 *
 * Mistakes in the spec are no exception: `spec` is then absent and `problems` says why. The selector is known even so,
 * because an object that is not valid still owns its nodes. An unreadable admission ticket counts as such a mistake:
 * without it nobody knows what is out of service.
 *
 * @throws KubeosError `INVALID_SPEC` when the metadata cannot be used.
 */
export function parseOs(object: unknown): Os {
  const { metadata, spec: rawSpec, status: rawStatus } = parseMetadata(object, 'OS');
  const status = readMembers(osStatusWire, rawStatus, 'status');
  const lostTicket = status.problems.filter(({ path }) => path.startsWith('status.admission'));
  const read = readOsSpec(rawSpec);
  const problems = [...read.problems, ...lostTicket];
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation,
    creationTimestamp: metadata.creationTimestamp,
    selector: selectorOf(rawSpec),
    finalizers: metadata.finalizers,
    deleting: metadata.deletionTimestamp !== undefined,
    ...(read.spec === undefined || problems.length > 0 ? {} : { spec: read.spec }),
    problems,
    warnings: read.warnings,
    status: status.value,
  };
}

/** The words of `nodeselector`; missing means `no-label`. */
function selectorOf(rawSpec: unknown): NodeSelector {
  const hasWord = typeof rawSpec === 'object' && rawSpec !== null && 'nodeselector' in rawSpec;
  const word = hasWord ? rawSpec.nodeselector : undefined;
  if (typeof word !== 'string' || word === 'no-label') return { kind: 'unlabelled' };
  return word === 'all-label' ? { kind: 'all' } : { kind: 'value', value: word };
}
