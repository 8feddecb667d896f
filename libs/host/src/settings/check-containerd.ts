/** Has containerd itself read a configuration before it is put in place. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KubeosError } from '@kubeos/core';
import { writeFileDurably } from '../durable-file.ts';
import { errnoOf } from '../errno.ts';
import type { Exec } from '../exec.ts';
import { withoutValues } from './without-values.ts';

/**
 * What containerd says against a configuration; `undefined` when it takes it, or is not on PATH.
 *
 * @param folder a folder of root's alone
 */
export async function checkContainerd(
  exec: Exec,
  folder: string,
  text: string,
): Promise<string | undefined> {
  const file = join(folder, 'containerd.toml');
  await writeFileDurably(file, text, { mode: 0o600 });
  try {
    await exec('containerd', ['--config', file, 'config', 'dump'], { timeoutMs: 30_000 });
    return undefined;
  } catch (thrown) {
    if (!hasCode(thrown, 'COMMAND_FAILED')) throw thrown;
    const error = KubeosError.from(thrown);
    if (errnoOf(error.cause) === 'ENOENT') return undefined;
    const [line = ''] = String(error.details['stderr'] ?? '').split('\n');
    const reason = withoutValues(line.replaceAll(file, 'the new file'));
    return `containerd does not take it: ${reason || 'it does not say why'}`;
  } finally {
    await rm(file, { force: true });
  }
}
