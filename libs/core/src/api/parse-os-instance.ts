import { parseMetadata } from './metadata.ts';
import { osInstanceSpecWire, osInstanceStatusWire } from './os-instance.wire.ts';
import type { OsInstance } from './os-instance.ts';
import { readMembers } from './read-members.ts';

/**
 * Reads an `OSInstance` as the API server returned it.
 *
 * The schema of the CRD lets nothing unreadable in, but an object may be older than the schema or written by a newer
 * operator. What cannot be read is then left out and named in `unreadable`: an operation that is open but not
 * understood must neither look like none, so that another one is begun, nor be guessed at.
 *
 * @throws KubeosError `INVALID_SPEC` when the metadata cannot be used.
 */
export function parseOsInstance(object: unknown): OsInstance {
  const { metadata, spec: rawSpec, status: rawStatus } = parseMetadata(object, 'OSInstance');
  const spec = readMembers(osInstanceSpecWire, rawSpec, 'spec');
  const status = readMembers(osInstanceStatusWire, rawStatus, 'status');
  const unreadable = [...spec.problems, ...status.problems];
  const owner = metadata.ownerReferences.find(({ kind }) => kind === 'Node');
  return {
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    finalizers: metadata.finalizers,
    ...(owner === undefined ? {} : { ownerUid: owner.uid }),
    deleting: metadata.deletionTimestamp !== undefined,
    spec: spec.value,
    status: status.value,
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}
