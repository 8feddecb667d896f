/** The token of a pod's service account, which the kubelet renews in its file. */
import { readFileSync } from 'node:fs';
import type { Clock } from '@kubeos/core';
import type { User } from '@kubernetes/client-node';
import { isJsonObject, objectIn, textIn } from '../store/object-meta.ts';

/** The token as last read. */
export interface TokenFile {
  /** Reads it again after a minute on the monotonic clock: a clock that was set back does not make it last longer. */
  current(): string;
  /** Reads it now, because it was refused; false when it is still the same one. */
  renew(): boolean;
}

const rereadMs = 60_000;

/** The file that a user of a kubeconfig names, if it does. */
export function tokenFileOf(user: User | null, clock: Clock): TokenFile | undefined {
  const provider: unknown = user?.authProvider;
  const path = isJsonObject(provider)
    ? textIn(objectIn(provider, 'config'), 'tokenFile')
    : undefined;
  return path === undefined ? undefined : createTokenFile(path, clock);
}

function createTokenFile(path: string, clock: Clock): TokenFile {
  let known: { readonly token: string; readonly atMs: number } | undefined;
  const read = (): string => {
    const token = readFileSync(path, 'utf8').trim();
    known = { token, atMs: clock.now().monotonicMs };
    return token;
  };
  return {
    current() {
      const isFresh = known !== undefined && clock.now().monotonicMs - known.atMs <= rereadMs;
      return isFresh && known !== undefined ? known.token : read();
    },
    renew() {
      const before = known?.token;
      return read() !== before;
    },
  };
}
