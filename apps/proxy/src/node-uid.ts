/** The UID of the Node this proxy runs on. */
import { readFileSync } from 'node:fs';
import type { Clock } from '@kubeos/core';
import { nodeUidOfToken } from '@kubeos/kube';
import { isAbsent } from './errno.ts';

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const rereadMs = 60_000;

/** The configured UID, or the one that the pod's own token names; the token is renewed by the kubelet. */
export function createNodeUid(
  configured: string | undefined,
  clock: Clock,
  path = tokenPath,
): () => string | undefined {
  if (configured !== undefined) return () => configured;
  let known: { readonly uid: string | undefined; readonly atMs: number } | undefined;
  return () => {
    const { monotonicMs } = clock.now();
    if (known === undefined || monotonicMs - known.atMs > rereadMs) {
      known = { uid: nodeUidOfToken(readToken(path)), atMs: monotonicMs };
    }
    return known.uid;
  };
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return '';
    throw error;
  }
}
