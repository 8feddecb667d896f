import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import type { ImageArch } from '@kubeos/core/image';
import type { BuildContext } from '../build-context.ts';
import { installTimeoutMs, type InstallRequest } from './apt.ts';
import { makeDeviceNodes } from './device-nodes.ts';
import { createInstallLog, installError } from './install-errors.ts';
import { isolated } from './isolation.ts';
import { shareFiles } from './package-cache.ts';
import { attempt } from './tree.ts';

/** Relative to the work folder: dnf takes a blank or a comma in this path for the end of it. */
const reposName = 'dnf-repos';

/** Where the database of rpm is in every image, whatever the rpm of the build host thinks. */
export const rpmDatabase = '/usr/lib/sysimage/rpm';

const rpmArch: Readonly<Record<ImageArch, string>> = { amd64: 'x86_64', arm64: 'aarch64' };
const nodeArch: Readonly<Record<ImageArch, string>> = { amd64: 'x64', arm64: 'arm64' };

/**
 * Installs packages of openEuler and others that dnf(8) knows, with all that they depend on and nothing that they
 * recommend. Signatures are checked unless the `.repo` file says otherwise. Throws as `installWithApt`, and
 * `INVALID_SPEC` for a `.repo` file that leaves the release to the build host.
 */
export async function installWithDnf(
  request: InstallRequest,
  context: BuildContext,
): Promise<void> {
  const { dir, workDir, cacheDir, epochSeconds, repoPath } = request;
  await checkRepositories(repoPath);
  const { configFile, homeDir } = await writeConfiguration(request);
  const downloads = join(dir, 'var/cache/dnf');
  const cache = join(cacheDir, 'rpm');
  await attempt(`Cannot make ${dir}`, async () => {
    await mkdir(downloads, { recursive: true });
    await mkdir(join(dir, 'proc'), { recursive: true });
  });
  await makeDeviceNodes(dir, context);
  await shareFiles(cache, downloads, isPackage);
  const args = dnfArguments(request, configFile);
  const command = isolated({ file: 'dnf', args }, { procDir: join(dir, 'proc') });
  const log = createInstallLog();
  try {
    await context.exec(command.file, command.args, {
      signal: context.signal,
      timeoutMs: installTimeoutMs,
      cwd: workDir,
      outputLimitBytes: 64 * 1024 * 1024,
      env: { SOURCE_DATE_EPOCH: String(epochSeconds), HOME: homeDir },
      onStderr: (text) => log.add(text),
    });
  } catch (thrown) {
    throw installError(thrown, log.text(), repoPath);
  } finally {
    await shareFiles(downloads, cache, isPackage);
  }
  await closeDatabase(join(dir, rpmDatabase));
}

function isPackage(path: string): boolean {
  return /^[^/]+\/packages\/[^/]+\.rpm$/u.test(path);
}

/** The command line of dnf; exported for its test. */
export function dnfArguments(
  { dir, packages, arch }: InstallRequest,
  configFile: string,
): readonly string[] {
  return [
    ...[`--config=${configFile}`, `--installroot=${dir}`, `--setopt=reposdir=${reposName}`],
    ...['--setopt=install_weak_deps=False', '--setopt=varsdir=/nonexistent', '--noplugins'],
    // Only for the module platform: the repositories name their release themselves.
    '--releasever=0',
    ...(nodeArch[arch] === process.arch ? [] : [`--forcearch=${rpmArch[arch]}`]),
    ...['--assumeyes', 'install', '--', ...packages],
  ];
}

async function checkRepositories(repoPath: string): Promise<void> {
  const text = await attempt(`Cannot read ${repoPath}`, () => readFile(repoPath, 'utf8'));
  if (!/\$\{?releasever/u.test(text)) return;
  throw new KubeosError(
    'INVALID_SPEC',
    `${repoPath} says $releasever, which would be the release of the build host: write the release that the image is made of`,
  );
}

interface Configuration {
  readonly configFile: string;
  /** Holds the macros of rpm. */
  readonly homeDir: string;
}

/** Everything of the build host's own dnf and rpm is left out: it would make another image on another host. */
async function writeConfiguration({ repoPath, workDir }: InstallRequest): Promise<Configuration> {
  const reposDir = join(workDir, reposName);
  const homeDir = join(workDir, 'dnf-home');
  const configFile = join(workDir, 'dnf.conf');
  const config = [
    '[main]',
    'gpgcheck=1',
    'best=1',
    'keepcache=1',
    'tsflags=nodocs',
    'cachedir=/var/cache/dnf',
    'timeout=30',
    'retries=3',
    '',
  ].join('\n');
  await attempt(`Cannot write the configuration of dnf in ${workDir}`, async () => {
    await mkdir(reposDir, { recursive: true });
    await mkdir(homeDir, { recursive: true });
    await copyFile(repoPath, join(reposDir, basename(repoPath)));
    await writeFile(configFile, config);
    await writeFile(join(homeDir, '.rpmmacros'), `%_dbpath ${rpmDatabase}\n`);
  });
  return { configFile, homeDir };
}

/** Offset of the two bytes that say how SQLite writes and reads its file: 2 is with a write-ahead log, 1 without. */
const journalBytes = 18;

/**
 * Takes the write-ahead log from a database that is closed. A node could not read it otherwise: its root is read-only,
 * and SQLite wants to make the log first.
 */
async function closeDatabase(folder: string): Promise<void> {
  await attempt(`Cannot close the database of rpm in ${folder}`, async () => {
    const file = join(folder, 'rpmdb.sqlite');
    const log = await readFile(`${file}-wal`).catch(() => new Uint8Array());
    const content = await readFile(file);
    if (log.length === 0 && content.subarray(0, 15).toString() === 'SQLite format 3') {
      content.set([1, 1], journalBytes);
      await writeFile(file, content);
      for (const end of ['-wal', '-shm']) await rm(file + end, { force: true });
    }
    await rm(join(folder, '.rpm.lock'), { force: true });
  });
}
