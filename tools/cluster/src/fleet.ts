/** The object by which the nodes of a cluster are moved. */
import type { VmCluster } from './cluster.ts';
import { payloadCa } from './cluster.ts';
import type { NodePayload } from './image/node-images.ts';

/** Name of the object; there is one. */
export const fleetName = 'fleet';

/** An `OS` that selects every node and wants what the fields say. */
export function fleetObject(spec: object): object {
  return {
    apiVersion: 'upgrade.openeuler.org/v1alpha1',
    kind: 'OS',
    metadata: { name: fleetName, namespace: 'default' },
    spec: { maxunavailable: 1, minReadySeconds: 2, timeinterval: 1, ...spec },
  };
}

/** The fields of an upgrade to a payload. */
export function upgradeTo(cluster: VmCluster, payload: NodePayload): object {
  return {
    opstype: 'upgrade',
    osversion: payload.version,
    imagetype: 'disk',
    imageurl: `${cluster.payloads}/${payload.file}`,
    checksum: payload.digest.replace('sha256:', ''),
    flagSafe: false,
    mtls: false,
    cacert: payloadCa,
    evictpodforce: true,
  };
}
