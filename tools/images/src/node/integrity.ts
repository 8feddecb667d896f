import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { KubeosError } from '@kubeos/core';

/** Throws `DIGEST_MISMATCH` unless a file has the sha512 of `integrity`, https://www.w3.org/TR/SRI/. */
export async function verifyIntegrity(file: string, integrity: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (integrity.split(/\s+/u).includes(found)) return;
  throw new KubeosError(
    'DIGEST_MISMATCH',
    `${file} has ${found}, and package-lock.json wants ${integrity}`,
  );
}
