import { KubeosError, parseOs, type NodeSelector, type OsSpec } from '@kubeos/core';
import type { OsManifest } from './options.ts';

/** What the admin of the simulated cluster wants. */
export interface Wish {
  readonly selector: NodeSelector;
  readonly spec: OsSpec;
}

/** Name of the simulated `OS`, in namespace `default`. */
export const osName = 'fleet';

/**
 * Reads what the caller wants.
 *
 * @throws KubeosError `INVALID_SPEC` naming the first mistake.
 */
export function readWish(os: OsManifest | OsSpec): Wish {
  if (!('spec' in os)) return { selector: { kind: 'all' }, spec: os };
  const metadata = { namespace: 'default', name: osName, uid: 'os', resourceVersion: '1' };
  const { selector, spec, problems } = parseOs({ metadata, spec: os.spec });
  if (spec !== undefined) return { selector, spec };
  const [first] = problems;
  throw new KubeosError('INVALID_SPEC', `${first?.path ?? 'spec'}: ${first?.message ?? ''}`);
}
