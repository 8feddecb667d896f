import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import type { BuildContext } from '../build-context.ts';
import { openTree } from '../root/tree.ts';
import { requireAgentPrograms } from './agent-programs.ts';

const programs = [
  ...['cp', 'debugfs', 'e2fsck', 'flock', 'journalctl', 'mkfs.ext4', 'mount', 'resize2fs'],
  ...['sfdisk', 'systemctl', 'tar', 'umount', 'xz', 'zstd'],
];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-programs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function addPrograms(names: readonly string[]): Promise<void> {
  for (const name of names) await openTree(folder).write(`/usr/bin/${name}`, '', 0o755);
}

function context(error?: KubeosError, signal = new AbortController().signal): BuildContext {
  const result = { stdout: 'v24.0.0\n', stderr: '', exitCode: 0 };
  return {
    exec: () => (error === undefined ? Promise.resolve(result) : Promise.reject(error)),
    signal,
    progress: () => undefined,
  };
}

describe('requireAgentPrograms', () => {
  it('is content with a tree that has them all', async () => {
    await addPrograms(programs);
    await expect(requireAgentPrograms(folder, context())).resolves.toBeUndefined();
  });

  it('names all that is missing, and the packages that bring it', async () => {
    await addPrograms(programs.filter((name) => name !== 'xz' && name !== 'sfdisk'));
    await expect(requireAgentPrograms(folder, context())).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      message: expect.stringMatching(/needs sfdisk, xz: .*\(Debian: fdisk, xz-utils\)/u),
    });
  });

  it('says what Node.js lacks where it does not start', async () => {
    await addPrograms(programs);
    const failed = new KubeosError('COMMAND_FAILED', 'exited with 127');
    await expect(requireAgentPrograms(folder, context(failed))).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      message: expect.stringContaining('libstdc++6'),
    });
  });

  it('is stopped as every other step, by a signal with its name as the reason', async () => {
    await addPrograms(programs);
    const cancelled = new KubeosError('CANCELLED', 'Cancelled while setpriv ran');
    const stopped = context(cancelled, AbortSignal.abort('SIGINT'));
    await expect(requireAgentPrograms(folder, stopped)).rejects.toBe(cancelled);
  });
});
