/** The record of a leader election, https://kubernetes.io/docs/concepts/architecture/leases/. */
import { objectIn, textIn } from '../store/object-meta.ts';

/** What a Lease says. */
export interface LeaseRecord {
  readonly resourceVersion: string;
  /** Empty when it was released. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly transitions: number;
  readonly acquireTime: string | undefined;
}

/** Reads a Lease. */
export function parseLease(raw: unknown): LeaseRecord {
  const spec = objectIn(raw, 'spec');
  return {
    resourceVersion: textIn(objectIn(raw, 'metadata'), 'resourceVersion') ?? '',
    holder: textIn(spec, 'holderIdentity') ?? '',
    durationSeconds: numberIn(spec['leaseDurationSeconds']),
    transitions: numberIn(spec['leaseTransitions']),
    acquireTime: textIn(spec, 'acquireTime'),
  };
}

/** A time with microseconds as the Kubernetes API wants it in leases and events. */
export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
