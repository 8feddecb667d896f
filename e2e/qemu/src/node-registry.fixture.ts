/** A real registry with users, for nodes in virtual machines. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Payload } from '@kubeos/core';
import { createSystemClock, exec } from '@kubeos/host';
import { pushOciLayout } from '@kubeos/imaging';
import { login, startRegistry } from '@kubeos/testing';
import { hostSeenByGuests } from '@kubeos/vm';

/** The registry. */
export interface NodeRegistry {
  /** What a node needs to be let in: the text of `registry-auth.json`. */
  readonly nodeCredentials: string;
  /** Pushes a layout as kbimg does; gives what a node fetches. */
  push(layout: string, name: string): Promise<Payload>;
  close(): Promise<void>;
}

/** Starts it. */
export async function openNodeRegistry(): Promise<NodeRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeos-registry-'));
  const registry = await startRegistry({ folder, auth: 'basic' });
  const seenByGuests = registry.host.replace('127.0.0.1', hostSeenByGuests);
  const credentials = (host: string): string =>
    JSON.stringify({ auths: { [host]: { username: login.user, password: login.password } } });
  const dockerConfigDir = join(folder, 'person');
  return {
    nodeCredentials: credentials(seenByGuests),
    push: async (layout, name) => {
      await mkdir(dockerConfigDir, { recursive: true });
      await writeFile(join(dockerConfigDir, 'config.json'), credentials(registry.host));
      const { digest } = await pushOciLayout(
        layout,
        `${registry.host}/${name}`,
        { dockerConfigDir, proxyEnv: {}, clock: createSystemClock(), allowInsecure: true },
        { exec, signal: AbortSignal.timeout(120_000), progress: () => undefined },
      );
      const image = `${seenByGuests}/${name}`;
      return { imageType: 'oci', image, digest, allowInsecure: true, mutualTls: false };
    },
    close: async () => {
      await registry.close();
      await rm(folder, { recursive: true });
    },
  };
}
