import type { Clock, Payload } from '@kubeos/core';
import type { Exec } from '@kubeos/host';
import type { Progress } from '../progress.ts';
import type { ConnectionDeps } from '../source/connection.ts';
import type { StreamDigest } from '../stream-digest.ts';

/** What payloads are fetched with. */
export interface SourceDeps extends ConnectionDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  /** Credentials for registries, in the format of docker's `config.json`; `/etc/KubeOS/registry-auth.json` on a node. */
  readonly registryAuthFile: string;
  /** Containerd's own folder of hosts, `/etc/containerd/certs.d` on a node. */
  readonly containerdHostsDir: string;
  /** A folder of our own, of which nobody else knows anything, for what programs need as files. */
  readonly workDir: string;
}

/** How opening is followed and ended. */
export interface SourceWatch {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** A payload on its way, whatever it comes from. */
export interface OpenPayload {
  /** The file of a root file system, as it was published or as the image holds it. */
  readonly chunks: AsyncIterable<Buffer>;
  /** The digest that is taken of `chunks` anyway, if one is. */
  readonly digest?: StreamDigest;
  /** Throws unless all of it came and was what it should be. To be called when `chunks` was read to its end. */
  readonly verify: () => void;
  /** Takes away what was needed for it. Never throws. */
  readonly close: () => Promise<void>;
}

/** One type of image. */
export interface PayloadSource {
  /**
   * Tells whether a payload can be asked for at all; nothing is fetched. Throws `INVALID_ARGUMENT`, `INSECURE_SOURCE`,
   * `CERTIFICATE_UNUSABLE`, `CREDENTIALS_UNUSABLE`, `ENGINE_UNAVAILABLE`.
   */
  check(payload: Payload, deps: SourceDeps): Promise<void>;
  /** Starts to fetch it. What fails on the way is thrown by `chunks`. */
  open(payload: Payload, deps: SourceDeps, watch: SourceWatch): Promise<OpenPayload>;
}
