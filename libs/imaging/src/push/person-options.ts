import { homedir } from 'node:os';
import { join } from 'node:path';
import { registryHost, type Clock, type ImageReference } from '@kubeos/core';
import type { PushOptions } from './push-oci-layout.ts';

/**
 * How a person at a terminal pushes: with the credentials that docker keeps, through the proxies of the environment, and
 * over plain http to this very machine alone, as docker does it: nobody listens in between there.
 */
export function personPushOptions(
  reference: ImageReference,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): PushOptions {
  return {
    dockerConfigDir: env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
    proxyEnv: env,
    clock,
    allowInsecure: /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/u.test(
      registryHost(reference),
    ),
  };
}
