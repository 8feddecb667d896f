/** A registry on loopback, for the images that nodes pull. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Component, hostSeenByGuests, pickPorts } from '@kubeos/control-plane';
import { KubeosError } from '@kubeos/core';

/** A running registry. */
export interface Registry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Base address as guests see it. */
  readonly guestUrl: string;
  stop(): Promise<void>;
}

const readySeconds = 30;
const pollMilliseconds = 50;

/** Starts Debian's docker-registry with its images and its log in a folder. Throws `COMMAND_FAILED` when it does not serve. */
export async function startRegistry(
  folder: string,
  log: (line: string) => void,
): Promise<Registry> {
  await mkdir(folder, { recursive: true });
  const [port = 0] = await pickPorts(1);
  const host = `127.0.0.1:${String(port)}`;
  const file = join(folder, 'registry.yaml');
  const configuration = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host, secret: 'shared with nobody' },
  };
  // A JSON text is a YAML text.
  await writeFile(file, JSON.stringify(configuration));
  const program = await Component.start({
    name: 'docker-registry',
    command: 'docker-registry',
    args: ['serve', file],
    folder,
    onUnexpectedExit: log,
  });
  const deadline = performance.now() + readySeconds * 1000;
  while (!(await serves(host))) {
    if (!program.isRunning() || performance.now() > deadline) {
      const tail = await program.logTail();
      await program.stop();
      throw new KubeosError('COMMAND_FAILED', `docker-registry does not serve:\n${tail}`);
    }
    await delay(pollMilliseconds);
  }
  const guestUrl = `http://${hostSeenByGuests}:${String(port)}`;
  return { host, guestUrl, stop: () => program.stop() };
}

async function serves(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/v2/`)).ok;
  } catch {
    return false;
  }
}
