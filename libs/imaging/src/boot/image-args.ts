import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageArgsPath, renderImageArgs, type ImageArch } from '@kubeos/core/image';
import { errnoOf, storageError } from '@kubeos/host';

/** Gives a root file system its kernel options, unless the recipe has put some there. */
export async function writeImageArgs(rootDir: string, arch: ImageArch): Promise<void> {
  try {
    await writeFile(join(rootDir, imageArgsPath), renderImageArgs(arch), {
      flag: 'wx',
      mode: 0o644,
    });
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return;
    throw storageError(thrown, `Cannot write ${imageArgsPath} of the image`);
  }
}
