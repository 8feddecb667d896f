import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { hasCode, KubeosError } from '@kubeos/core';
import { cacheFolder, exec, startChild } from '@kubeos/host';

import { debianArchive } from './apt-sources.ts';
import { withFileLock } from './file-lock.ts';
import { wrappers } from './wrappers.ts';

/**
 * Programs that build images and boot them, from the Debian that images are made of: an older mke2fs copies times of
 * the build into its file systems, and an older QEMU is several times slower.
 */
export interface ImageTools {
  /** Holds `mkfs.ext4` and its kin, `qemu-img` and `qemu-system-x86_64`; to be first on PATH. */
  readonly binDir: string;
  readonly qemu: string;
  readonly qemuImg: string;
  /** The firmware, and its variables as they come; each machine needs a copy of its own of these. */
  readonly ovmfCode: string;
  readonly ovmfVars: string;
}

const suite = 'trixie';
const packages = ['e2fsprogs', 'libarchive13t64', 'ovmf', 'qemu-system-x86', 'qemu-utils'];
const leftOut = ['/usr/share/doc/*', '/usr/share/locale/*', '/usr/share/man/*'];
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const buildTimeoutMs = 900_000;

/**
 * The tools; unpacked once into `${XDG_CACHE_HOME:-~/.cache}/kubeos/image-tools-<key>`, from the archive of Debian
 * that this machine uses. Throws `COMMAND_FAILED` when they cannot be had, `CANCELLED` when the signal ends it.
 */
export async function findImageTools(
  log: (line: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<ImageTools> {
  const cache = cacheFolder(process.env['XDG_CACHE_HOME']);
  const folder = join(cache, `image-tools-${key()}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    await withFileLock(
      join(cache, 'image-tools.lock'),
      async () => {
        // Another process may have made it while this one waited.
        if (!existsSync(folder)) await make(folder, { cache, log, signal });
      },
      signal,
    );
  }
  return toolsIn(folder);
}

/** The environment of a program that is to find the tools before those of this machine. */
export function withToolsOnPath({ binDir }: ImageTools): { readonly PATH: string } {
  return { PATH: `${binDir}${delimiter}${process.env['PATH'] ?? ''}` };
}

// All that the content follows from, but for the state of the archive. Paths are part of the wrappers, so that the text
// for any folder will do.
function key(): string {
  const content = JSON.stringify([
    suite,
    packages,
    leftOut,
    process.arch,
    wrappers('/', process.arch),
  ]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

function toolsIn(folder: string): ImageTools {
  const binDir = join(folder, 'bin');
  const firmware = join(folder, 'tree/usr/share/OVMF');
  return {
    binDir,
    qemu: join(binDir, 'qemu-system-x86_64'),
    qemuImg: join(binDir, 'qemu-img'),
    ovmfCode: join(firmware, 'OVMF_CODE_4M.fd'),
    ovmfVars: join(firmware, 'OVMF_VARS_4M.fd'),
  };
}

interface Making {
  readonly cache: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

// Under the lock. What lies below the final name is complete: it comes there in one rename.
async function make(folder: string, { cache, log, signal }: Making): Promise<void> {
  const started = performance.now();
  log(`Unpacking tools that build and boot images from Debian ${suite} (some 20 seconds) ...`);
  const unfinished = (await readdir(cache)).filter((name) => name.startsWith('.image-tools-'));
  for (const name of unfinished) await removeFolder(join(cache, name));
  const temporary = await mkdtemp(join(cache, '.image-tools-'));
  try {
    const aptSettings = await writeAptSettings(temporary);
    await unpack(join(temporary, 'tree'), aptSettings, signal);
    await rm(aptSettings);
    const bin = join(temporary, 'bin');
    await mkdir(bin);
    const scripts = wrappers(join(folder, 'tree'), process.arch);
    for (const [name, text] of Object.entries(scripts)) {
      await writeFile(join(bin, name), text, { mode: 0o755 });
    }
    await chmod(temporary, 0o755);
    await rename(temporary, folder);
  } finally {
    await removeFolder(temporary);
  }
  log(`Tools are in ${folder}, after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

async function unpack(
  tree: string,
  aptSettings: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const archive = debianArchive(await readAptSources());
  const args = [
    // Only unpacked, never configured: nothing of the tree is entered, mounted, or owned by somebody else.
    ...['--variant=extract', '--mode=chrootless', '--format=directory'],
    ...[`--include=${packages.join(',')}`, `--aptopt=${aptSettings}`],
    ...['--aptopt=Apt::Install-Recommends "false"'],
    ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...[suite, tree, `deb [signed-by=${keyring}] ${archive} ${suite} main`],
  ];
  const child = startChild('setpriv', ['--pdeathsig', 'KILL', '--', 'mmdebstrap', ...args], {
    timeoutMs: buildTimeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  child.stdin.end();
  child.stdout.resume();
  try {
    await child.exited;
  } catch (cause) {
    if (!hasCode(cause, 'COMMAND_FAILED')) throw cause;
    throw new KubeosError('COMMAND_FAILED', `mmdebstrap failed:\n${child.stderrTail()}`, { cause });
  }
  // Settings of this machine's apt, which may hold passwords of a proxy, and what only apt needs.
  for (const path of ['etc/apt', 'var/cache/apt', 'var/lib/apt']) {
    await removeFolder(join(tree, path));
  }
}

async function readAptSources(): Promise<readonly string[]> {
  const folder = '/etc/apt/sources.list.d';
  const entries = existsSync(folder) ? await readdir(folder) : [];
  const files = [
    '/etc/apt/sources.list',
    ...entries
      .filter((name) => /\.(list|sources)$/u.test(name))
      .sort()
      .map((name) => join(folder, name)),
  ];
  return Promise.all(
    files.filter((file) => existsSync(file)).map((file) => readFile(file, 'utf8')),
  );
}

// mmdebstrap leaves the settings of this machine's apt alone; the way to the archive is one that it needs.
async function writeAptSettings(folder: string): Promise<string> {
  const { stdout } = await exec('apt-config', ['dump', '--format', '%f "%v";%n']);
  const settings = stdout
    .split('\n')
    .filter((line) => /^Acquire::(?:https?|Retries|Check-)\S* "[^"]+";$/iu.test(line));
  const file = join(folder, 'apt.conf');
  await writeFile(file, settings.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  return file;
}

// A killed program of the build may still write for a moment.
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
