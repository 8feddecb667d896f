import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImageArch } from '@kubeos/core/image';
import type { BuildContext } from '../build-context.ts';
import { createInstallLog, installError } from './install-errors.ts';
import { isolated } from './isolation.ts';
import { openDebCache } from './deb-cache.ts';
import { attempt } from './tree.ts';

/** What is installed where. */
export interface InstallRequest {
  /** Folder of the tree; made by the installation. */
  readonly dir: string;
  readonly packages: readonly string[];
  /** The list of repositories on this machine. */
  readonly repoPath: string;
  readonly arch: ImageArch;
  readonly epochSeconds: number;
  /** For what the installation itself needs. */
  readonly workDir: string;
  readonly cacheDir: string;
}

/** Long enough for a few hundred packages over a slow line. */
export const installTimeoutMs = 60 * 60_000;

/** Depends on nothing; its name says who makes the initramfs. */
const initramfsPackage = 'kubeos-initramfs';

/** What a node never reads: texts for people, and character sets that only old programs ask for. */
const leftOut: readonly string[] = [
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/share/i18n/*',
  'path-exclude=/usr/share/lintian/*',
  'path-exclude=/usr/share/bash-completion/*',
  'path-exclude=/usr/lib/*/gconv/*',
];

/**
 * Installs packages of Debian with all that they depend on and nothing that they recommend, by mmdebstrap(1). The list
 * of repositories is used as it is, with the keys of this machine. Throws `SOURCE_NOT_FOUND` for a package that no
 * repository has, `SOURCE_UNREACHABLE`, `INSECURE_SOURCE`, `DIGEST_MISMATCH`, `STORAGE_FULL`, `COMMAND_FAILED`,
 * `COMMAND_TIMEOUT` and `CANCELLED`.
 */
export async function installWithApt(
  request: InstallRequest,
  context: BuildContext,
): Promise<void> {
  const { dir, cacheDir, epochSeconds } = request;
  await attempt(`Cannot make ${dir}`, () => mkdir(dir, { recursive: true }));
  const cache = openDebCache(join(cacheDir, 'deb'), dir);
  await cache.take();
  const repository = await makeLocalRepository(request, context);
  const command = isolated({ file: 'mmdebstrap', args: mmdebstrapArguments(request, repository) });
  const log = createInstallLog();
  try {
    const result = await context.exec(command.file, command.args, {
      signal: context.signal,
      timeoutMs: installTimeoutMs,
      outputLimitBytes: 64 * 1024 * 1024,
      env: { SOURCE_DATE_EPOCH: String(epochSeconds), DEBIAN_FRONTEND: 'noninteractive' },
      onStderr: (text) => log.add(text),
    });
    log.add(result.stdout);
  } catch (thrown) {
    throw installError(thrown, log.text(), request.repoPath);
  } finally {
    // What was downloaded is worth keeping even when the installation failed afterwards.
    await cache.keep();
  }
  await cache.verify();
}

/** The command line of mmdebstrap; exported for its test. */
export function mmdebstrapArguments(
  { dir, packages, repoPath, arch }: InstallRequest,
  localRepository: string,
): readonly string[] {
  return [
    ...['--mode=root', '--variant=essential', '--format=directory', `--architectures=${arch}`],
    // The tree holds downloaded packages before, and is cleaned by us.
    '--skip=check/empty,essential/unlink,cleanup/apt,output/dev',
    '--aptopt=Apt::Install-Recommends "false"',
    '--aptopt=Acquire::Retries "3"',
    // A build that is cut off is begun anew: nothing has to be safe on the disk before the next step.
    '--dpkgopt=force-unsafe-io',
    ...leftOut.map((option) => `--dpkgopt=${option}`),
    // One by one: mmdebstrap tears lists at commas.
    ...[initramfsPackage, ...packages].map((name) => `--include=${name}`),
    // The suite is what the list of repositories says.
    ...['--', '', dir, repoPath],
    `deb [trusted=yes] ${copyUrl(localRepository)} ./`,
  ];
}

/** A blank or `#` in the path would end the address in the list. */
function copyUrl(path: string): string {
  return pathToFileURL(path).href.replace('file:', 'copy:');
}

/**
 * Makes a repository of one empty package that provides `linux-initramfs-tool`. Kernels depend on such a tool, by
 * default initramfs-tools with perl and all that; kbimg itself makes the initramfs, after the installation.
 */
async function makeLocalRepository(
  { workDir, epochSeconds }: InstallRequest,
  { exec, signal }: BuildContext,
): Promise<string> {
  const source = join(workDir, 'initramfs-package');
  const repository = join(workDir, 'initramfs-repository');
  const file = join(repository, `${initramfsPackage}.deb`);
  const control = [
    `Package: ${initramfsPackage}`,
    'Version: 1',
    'Architecture: all',
    'Maintainer: KubeOS',
    'Provides: linux-initramfs-tool',
    'Description: says that kbimg makes the initramfs of this image',
    '',
  ].join('\n');
  await attempt(`Cannot make ${source}`, async () => {
    await mkdir(join(source, 'DEBIAN'), { recursive: true });
    await mkdir(repository, { recursive: true });
    await writeFile(join(source, 'DEBIAN/control'), control);
  });
  await exec('dpkg-deb', ['--root-owner-group', '--build', source, file], {
    signal,
    env: { SOURCE_DATE_EPOCH: String(epochSeconds) },
  });
  await attempt(`Cannot write the index of ${repository}`, async () => {
    const content = await readFile(file);
    const digest = createHash('sha256').update(content).digest('hex');
    const entry = `${control}Filename: ./${initramfsPackage}.deb\nSize: ${content.length}\nSHA256: ${digest}\n\n`;
    await writeFile(join(repository, 'Packages'), entry);
  });
  return repository;
}
