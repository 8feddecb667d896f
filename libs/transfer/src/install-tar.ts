import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KubeosError, type Digest, type SlotName } from '@kubeos/core';
import { errnoOf, storageError, withMount, type Exec, type SlotDevice } from '@kubeos/host';
import { digestSlot, type ReadWatch } from './slot-bytes.ts';
import { extractTar, type FileDigests } from './tar/extract.ts';
import { compareFiles } from './tar/read-back.ts';

/** Where an archive goes, and what is asked of others on the way. */
export interface TarInstallation extends ReadWatch {
  readonly device: SlotDevice;
  readonly slot: SlotName;
  readonly exec: Exec;
  /** A folder of our own for mount points. */
  readonly mountDir: string;
  /** Throws unless the whole download was what it should be. */
  readonly verifyDownload: () => void;
}

/** What the boot loader loads; a slot where it has another name cannot be booted. */
const kernel = 'boot/vmlinuz';
const kernelUntilVerified = 'boot/.vmlinuz.unverified';

const noEffects = 'nosuid,nodev,noexec';

/**
 * Unpacks an archive into a fresh file system in the slot, reads every file back after unmounting, and gives the kernel
 * its name as the last step, under which it is read back once more. Returns the digest of the slot as it then is.
 */
export async function installTar(
  stream: AsyncIterable<Buffer>,
  installation: TarInstallation,
): Promise<Digest> {
  const { device, exec, mountDir, signal, progress } = installation;
  const mounted = <T>(access: 'ro' | 'rw', work: (folder: string) => Promise<T>): Promise<T> =>
    withMount(exec, device.path, { folder: mountDir, options: `${access},${noEffects}` }, work);

  await makeFileSystem(installation);
  const digests = await mounted('rw', (folder) =>
    extractTar(stream, { folder, rename: withholdKernel, signal }),
  );
  installation.verifyDownload();
  progress.begin('Verifying');
  await mounted('ro', (folder) => compareFiles(folder, digests, installation));
  signal.throwIfAborted();
  await mounted('rw', nameKernel);
  await mounted('ro', (folder) => compareFiles(folder, kernelOf(digests), installation));
  return digestSlot(device, installation);
}

async function makeFileSystem({ device, slot, exec, signal }: TarInstallation): Promise<void> {
  // GRUB 2.06 does not read file systems with metadata_csum_seed, which newer tools switch on. The root of a node is
  // read-only, so that blocks reserved for root would only be lost.
  await exec(
    'mkfs.ext4',
    ['-q', '-F', '-m', '0', '-L', `ROOT-${slot}`, '-O', '^metadata_csum_seed', device.path],
    { timeoutMs: 10 * 60_000, signal },
  );
}

function withholdKernel(name: string): string {
  if (name !== kernelUntilVerified) return name === kernel ? kernelUntilVerified : name;
  throw new KubeosError('PAYLOAD_UNSAFE', `The archive holds ${kernelUntilVerified}`);
}

/** The kernel by its new name; one that is a link has no content of its own. */
function kernelOf(digests: FileDigests): FileDigests {
  const digest = digests.get(kernelUntilVerified);
  return new Map(digest === undefined ? [] : [[kernel, digest]]);
}

async function nameKernel(folder: string): Promise<void> {
  const path = join(folder, kernel);
  try {
    await rename(join(folder, kernelUntilVerified), path);
    const parent = await open(dirname(path), 'r');
    await parent.sync().finally(() => parent.close());
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') {
      throw new KubeosError('PAYLOAD_UNKNOWN', `The archive holds no ${kernel}`);
    }
    throw storageError(thrown, 'Cannot give the kernel its name');
  }
}
