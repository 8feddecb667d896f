import { createHash } from 'node:crypto';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { hasCode, KubeosError } from '@kubeos/core';
import { startChild } from '@kubeos/host';

import { cachedFolder } from '../cached-folder.ts';
import { readAptSettings, readDebianArchives } from './machine-apt.ts';
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
  const folder = await cachedFolder({
    kind: 'image-tools',
    key: key(),
    signal,
    make: (made, finalName) => make(made, finalName, log, signal),
  });
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

async function make(
  folder: string,
  finalName: string,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const started = performance.now();
  log(`Unpacking tools that build and boot images from Debian ${suite} (some 20 seconds) ...`);
  // mmdebstrap leaves the settings of this machine's apt alone; the way to the archive is one that it needs.
  const aptSettings = join(folder, 'apt.conf');
  await writeFile(aptSettings, await readAptSettings(), { mode: 0o600 });
  await unpack(join(folder, 'tree'), aptSettings, signal);
  await rm(aptSettings);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const scripts = wrappers(join(finalName, 'tree'), process.arch);
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(bin, name), text, { mode: 0o755 });
  }
  await chmod(folder, 0o755);
  log(`Tools are in ${finalName}, after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

async function unpack(
  tree: string,
  aptSettings: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { main: archive } = await readDebianArchives();
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
    await rm(join(tree, path), { recursive: true, force: true });
  }
}
