/** Builds the proxy from its adapters; the only place that knows which they are. */
import { createProxy, type Clock, type Log, type Proxy } from '@kubeos/core';
import { createApiClient, createClock, createOwnInstance, loadKubeConfig } from '@kubeos/kube';
import type { Configuration } from './configuration.ts';
import { createDoorbell, type Doorbell } from './doorbell.ts';
import { createLazyAgent, type LazyAgent } from './lazy-agent.ts';
import { createNodeUid } from './node-uid.ts';
import { createSnapshotFile, type FollowedSnapshot } from './snapshot-file.ts';

/** Everything that runs in the program. */
export interface Wired {
  readonly clock: Clock;
  readonly proxy: Proxy;
  /** Rung when a pass is due. */
  readonly bell: Doorbell;
  readonly snapshot: FollowedSnapshot;
  readonly instance: {
    run(signal: AbortSignal): Promise<void>;
    isSynced(): boolean;
    ageSeconds(): number;
  };
  /** Ends all connections. */
  close(): void;
}

/**
 * Wires the proxy. Throws `INVALID_CONFIGURATION` when the API server cannot be found out.
 *
 * @param agent how the agent is called; loaded with the first call unless told otherwise
 */
export function wire(
  configuration: Configuration,
  log: Log,
  version: string,
  agent: LazyAgent = createLazyAgent(configuration.agentSocket),
): Wired {
  const { nodeName, nodeUid, kubeconfig } = configuration;
  const clock = createClock();
  const bell = createDoorbell(clock);
  const ring = (): void => bell.ring();
  const api = createApiClient(loadKubeConfig(kubeconfig));
  const instance = createOwnInstance({ api, clock, log, nodeName });
  instance.onChange(ring);
  const snapshot = createSnapshotFile({ path: configuration.snapshot, clock, log, onChange: ring });
  const proxy = createProxy({
    instance,
    agent,
    snapshot,
    clock,
    log,
    nodeUid: createNodeUid(nodeUid, clock),
    proxyVersion: version,
    wake: ring,
  });
  return {
    clock,
    proxy,
    bell,
    snapshot,
    instance,
    close() {
      agent.close();
      api.close();
    },
  };
}
