/** The folders that the agent needs to run, made when tmpfiles and systemd have not made them. */
import { chmod, chown, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, storageError } from '@kubeos/host';

/** Group of the socket and the snapshot; the same in units, images and charts. */
export const kubeosGid = 6552;

/**
 * Makes a folder that the group may enter, 0750 root:kubeos. It is nobody's but root's until it has its group. An
 * existing one stays as it is: systemd or a chart may have made it.
 */
export async function makeGroupFolder(path: string): Promise<void> {
  await makeFolder(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    await mkdir(path, { mode: 0o700 });
    await chown(path, process.getuid?.() ?? 0, kubeosGid);
    await chmod(path, 0o750);
  });
}

/** Makes a folder that is root's alone, 0700. */
export async function makePrivateFolder(path: string): Promise<void> {
  await makeFolder(path, () => mkdir(path, { mode: 0o700 }));
}

async function makeFolder(path: string, make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return;
    throw storageError(thrown, `Cannot make ${path}`);
  }
}
