import { posix } from 'node:path';
import type { SlotContent } from '@kubeos/core';
import type { Exec } from './exec.ts';
import { prettyName } from './os-release.ts';
import type { SlotDevice } from './slot-devices.ts';

/** What only an image with our agent holds, and without which nobody could confirm or return its trial. */
export const agentFiles: readonly string[] = [
  '/usr/bin/os-agent',
  '/usr/lib/systemd/system/os-agent-return.service',
  '/usr/lib/systemd/system/os-agent-return.timer',
];

const mostLinks = 8;

/**
 * Looks into the ext4 file system of a slot without mounting it: debugfs(8) opens the device for reading only and
 * replays no journal, so that not a byte changes. A slot without a readable system has no version.
 */
export async function inspectSlot(exec: Exec, device: SlotDevice): Promise<SlotContent> {
  const files = createSlotFiles(exec, device.path);
  const absent = { sizeBytes: device.sizeBytes, hasAgent: false };
  const osRelease =
    (await files.read('/etc/os-release')) ?? (await files.read('/usr/lib/os-release'));
  if (osRelease === undefined) return absent;
  let hasAgent = true;
  for (const path of agentFiles) {
    hasAgent &&= (await files.regularFile(path)) !== undefined;
  }
  return { ...absent, version: prettyName(osRelease), hasAgent };
}

/** Files of an ext4 file system that is not mounted. */
export interface SlotFiles {
  /** Content of a regular file, through symbolic links; `undefined` when there is none. */
  read(path: string): Promise<string | undefined>;
  /** The path of the regular file behind symbolic links. */
  regularFile(path: string): Promise<string | undefined>;
}

/** Reads files from a device or an image file without changing a byte of it. */
export function createSlotFiles(exec: Exec, device: string): SlotFiles {
  const request = async (command: string, path: string): Promise<string> =>
    (await exec('debugfs', ['-c', '-R', `${command} ${path}`, device])).stdout;

  const regularFile = async (path: string): Promise<string | undefined> => {
    let current = path;
    for (let hops = 0; hops <= mostLinks; hops += 1) {
      const facts = await request('stat', current);
      if (/^Inode: .*\bType: regular\b/mu.test(facts)) return current;
      // Only plain names go into the next request: blanks and quotes have a meaning in it.
      const target = /^Fast link dest: "([\w./+@-]+)"$/mu.exec(facts)?.[1];
      if (target === undefined) return undefined;
      current = posix.resolve(posix.dirname(current), target);
    }
    return undefined;
  };

  return {
    regularFile,
    read: async (path) => {
      const file = await regularFile(path);
      return file === undefined ? undefined : request('cat', file);
    },
  };
}
