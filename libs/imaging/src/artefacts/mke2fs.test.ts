import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import type { Exec } from '@kubeos/host';
import { requireMke2fs } from './mke2fs.ts';

function contextOf(answer: () => string) {
  const exec: Exec = async () => ({ stdout: '', stderr: answer(), exitCode: 0 });
  return { exec, signal: new AbortController().signal, progress: () => undefined };
}
const versionText = (version: string): string =>
  `mke2fs ${version} (1-Jan-2025)\n\tUsing EXT2FS Library version ${version}\n`;

describe('requireMke2fs', () => {
  it.each(['1.47.1', '1.47.2', '1.48', '1.48.0', '2.0'])('takes version %s', async (version) => {
    await expect(requireMke2fs(contextOf(() => versionText(version)))).resolves.toBeUndefined();
  });

  it.each(['1.47.0', '1.47', '1.46.6', '0.99.9'])('B-76: refuses version %s', async (version) => {
    await expect(requireMke2fs(contextOf(() => versionText(version)))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: `Images need mkfs.ext4 of e2fsprogs 1.47.1 or newer, and this is mke2fs ${version}: put a newer one first on PATH`,
    });
  });

  it('refuses another program, and says when there is none', async () => {
    await expect(requireMke2fs(contextOf(() => 'usage'))).rejects.toThrow(
      'this is another program',
    );
    const absent = contextOf(() => {
      throw new KubeosError('COMMAND_FAILED', 'Cannot start mkfs.ext4: ENOENT');
    });
    await expect(requireMke2fs(absent)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('does not take the end of a build for a missing program', async () => {
    const stopped = contextOf(() => {
      throw new KubeosError('CANCELLED', 'Cancelled while mkfs.ext4 ran');
    });
    await expect(requireMke2fs(stopped)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
