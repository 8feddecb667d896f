import type { Payload } from '../api/operation.ts';
import { settingsOf } from '../rollout/target.ts';
import type { OperationView } from './view.ts';

/**
 * True when the object wants another type, version, digest or payload than the operation was made for, or other settings
 * while nothing but its preparation has begun. Later an image is not given up for the settings that go with it.
 */
export function isSuperseded({ os, operation }: OperationView): boolean {
  if (os?.spec === undefined || os.deleting) return false;
  // The leader that began it had seen more than this cache shows.
  if (os.generation < operation.osGeneration) return false;
  const { spec } = os;
  if (spec.type !== operation.type || spec.version !== operation.target.version) return true;
  const isEarly = spec.type === 'config' || operation.phase === 'Prepare';
  if (isEarly && settingsOf(spec) !== operation.target.settings) return true;
  return spec.type === 'upgrade' && !isSamePayload(spec.payload, operation.payload);
}

function isSamePayload(a: Payload | undefined, b: Payload | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.imageType === b.imageType &&
    a.url === b.url &&
    a.image === b.image &&
    a.digest === b.digest &&
    a.allowInsecure === b.allowInsecure &&
    a.mutualTls === b.mutualTls &&
    a.caCert === b.caCert &&
    a.clientCert === b.clientCert &&
    a.clientKey === b.clientKey
  );
}
