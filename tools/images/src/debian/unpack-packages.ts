/** Packages of Debian for any platform: fetched, verified and unpacked, and nothing of them run. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KubeosError } from '@kubeos/core';
import type { ImageArch } from '@kubeos/core/image';
import { cacheFolder, createNodeLock } from '@kubeos/host';
import type { BuildContext } from '@kubeos/imaging';
import { readAptSettings, readDebianArchives } from '@kubeos/vm';
import {
  renderConfiguration,
  renderSources,
  snapshotArchives,
  suite,
} from './apt-configuration.ts';
import { readControl, type DebianPackage } from './debian-package.ts';

/**
 * What the images take files from. Nothing is looked up that these depend on: that all libraries are there is seen when
 * they are collected.
 */
const packageNames: readonly string[] = [
  // Its links of old folders into /usr, the name of the system, and the texts of licences.
  'base-files',
  'ca-certificates',
  // The copyright of the two libraries of gcc.
  'gcc-14-base',
  'libc6',
  'libgcc-s1',
  'libstdc++6',
];

/** Which packages. */
export interface PackagesRequest {
  readonly arch: ImageArch;
  /** Time of a snapshot of Debian; default: the archives that this machine uses, as they are now. */
  readonly snapshot?: string | undefined;
  /** Empty, for this platform alone. */
  readonly workDir: string;
}

/** Packages, unpacked over each other. */
export interface UnpackedPackages {
  readonly tree: string;
  readonly packages: readonly DebianPackage[];
}

const lockSeconds = 600;
const aptTimeoutMs = 5 * 60_000;

/**
 * Fetches the packages from Debian's archives, whose signatures apt verifies, and unpacks them. Indices are kept in the
 * caches of the user and asked for anew each time, so that packages are those of this moment. Throws
 * `SOURCE_UNREACHABLE`, `COMMAND_FAILED`, `COMMAND_TIMEOUT`, `BUSY`, `CANCELLED`.
 */
export async function unpackPackages(
  request: PackagesRequest,
  context: BuildContext,
): Promise<UnpackedPackages> {
  const { arch, workDir } = request;
  const { exec, signal } = context;
  const [debs, tree] = ['debs', 'tree'].map((name) => join(workDir, name)) as [string, string];
  for (const folder of [debs, tree]) await mkdir(folder, { recursive: true });
  context.progress(`Fetching libraries of Debian ${suite} for ${arch}`);
  await fetchPackages(request, debs, context);
  const packages: DebianPackage[] = [];
  for (const name of (await readdir(debs)).sort()) {
    const file = join(debs, name);
    const { stdout } = await exec('dpkg-deb', ['--field', file], { signal });
    packages.push(readControl(stdout));
    await exec('dpkg-deb', ['--extract', file, tree], { signal });
  }
  return { tree, packages };
}

async function fetchPackages(
  { arch, snapshot }: PackagesRequest,
  debs: string,
  { exec, signal }: BuildContext,
): Promise<void> {
  const folder = cacheFolder(process.env['XDG_CACHE_HOME'], `images-apt-${arch}`);
  await mkdir(folder, { recursive: true });
  const lock = createNodeLock({ path: join(folder, 'lock'), timeoutSeconds: lockSeconds, signal });
  await lock.exclusively(async () => {
    const configuration = await layOutApt(folder, arch, snapshot);
    const options = {
      ...{ cwd: debs, signal, timeoutMs: aptTimeoutMs },
      env: { APT_CONFIG: configuration, LC_ALL: 'C' },
    };
    try {
      await exec('apt-get', ['update', '--quiet', '--error-on=any'], options);
      await exec('apt-get', ['download', '--quiet', ...packageNames], options);
    } catch (cause) {
      if (!hasCode(cause, 'COMMAND_FAILED')) throw cause;
      const said = KubeosError.from(cause).message;
      throw new KubeosError('SOURCE_UNREACHABLE', `Cannot have packages of Debian: ${said}`, {
        cause,
      });
    }
  });
}

async function layOutApt(
  folder: string,
  arch: ImageArch,
  snapshot: string | undefined,
): Promise<string> {
  for (const name of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  const archives = snapshot === undefined ? await readDebianArchives() : snapshotArchives(snapshot);
  const file = join(folder, 'apt.conf');
  // The way may lead through a proxy with a password.
  await writeFile(file, renderConfiguration(folder, arch, await readAptSettings()), {
    mode: 0o600,
  });
  await writeFile(join(folder, 'sources.list'), renderSources(archives, snapshot !== undefined));
  await writeFile(join(folder, 'status'), '');
  return file;
}
