/** What is done with whole disks, which are mostly holes: qemu-img knows where these are. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { throwIfStopped, type BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import { digestFile, type FileDigest } from './files.ts';

/** Converts a disk for machines of QEMU, compressed with zstd (QEMU 5.1). Throws the codes of programs and of storage. */
export async function convertQcow2(
  source: string,
  file: string,
  { exec, signal }: BuildContext,
): Promise<FileDigest> {
  const format = ['-f', 'raw', '-O', 'qcow2', '-c', '-o', 'compression_type=zstd'];
  await exec('qemu-img', ['convert', ...format, source, file], { timeoutMs: 30 * 60_000, signal });
  return digestFile(file, signal);
}

interface Extent {
  readonly start: number;
  readonly length: number;
  /** False for a hole. */
  readonly data: boolean;
}

const pieceBytes = 1024 * 1024;
const zeros = Buffer.alloc(pieceBytes);

/** Digests a disk. Holes are not read: half of the time would go there. Throws the codes of programs and of storage. */
export async function digestDisk(path: string, context: BuildContext): Promise<FileDigest> {
  const { exec, signal } = context;
  const { stdout } = await exec('qemu-img', ['map', '-f', 'raw', '--output=json', path], {
    outputLimitBytes: 64 * 1024 * 1024,
    signal,
  });
  const extents = JSON.parse(stdout) as readonly Extent[];
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(pieceBytes);
  let bytes = 0;
  await attempt(`Cannot read ${path}`, async () => {
    const file = await open(path, 'r');
    try {
      for (const { start, length, data } of extents) {
        for (let done = 0; done < length;) {
          throwIfStopped(signal);
          const most = Math.min(pieceBytes, length - done);
          const read = data ? (await file.read(buffer, 0, most, start + done)).bytesRead : most;
          if (read === 0) throw new Error(`${path} became shorter`);
          hash.update((data ? buffer : zeros).subarray(0, read));
          done += read;
        }
        bytes += length;
      }
    } finally {
      await file.close();
    }
  });
  return { bytes, digest: `sha256:${hash.digest('hex')}` };
}
