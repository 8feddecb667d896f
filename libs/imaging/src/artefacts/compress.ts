import type { BuildContext } from '../build-context.ts';
import { digestFile, type FileDigest } from './files.ts';

/** Beyond this level, files get little smaller and take very much longer. */
const level = 10;

/**
 * Compresses an image with zstd. Its frame says how long the image is and has a checksum of it. The same image gives
 * the same bytes on any number of processors. Throws the codes of programs and of storage.
 */
export async function compressImage(
  source: string,
  file: string,
  { exec, signal }: BuildContext,
): Promise<FileDigest> {
  await exec('zstd', ['-q', '-f', `-${level}`, '-T0', '--check', '-o', file, '--', source], {
    // Else the host's own wishes would count.
    env: { ZSTD_CLEVEL: String(level), ZSTD_NBTHREADS: '0' },
    timeoutMs: 30 * 60_000,
    signal,
  });
  return digestFile(file, signal);
}
