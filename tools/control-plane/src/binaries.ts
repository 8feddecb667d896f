import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { hasCode, KubeosError } from '@kubeos/core';
import { cacheFolder, startChild } from '@kubeos/host';

import { BuildProgress } from './build-progress.ts';
import { findGo, goEnvironment, type Go } from './go.ts';
import {
  buildFlags,
  cacheKey,
  isBinaryName,
  moduleSets,
  type BinaryName,
  type ModuleSet,
} from './module-sets.ts';

/** A cold build of the API server takes four minutes on two cores; this is for much smaller machines. */
const buildTimeoutMs = 3_600_000;

const modulesFolder = join(import.meta.dirname, '..', 'modules');

/**
 * Gives the path of each named program (`etcd`, `kube-apiserver`, `kubectl`, `kubelet`, `kube-controller-manager`,
 * `kube-scheduler`, `kwok`, `helm`).
 *
 * Those that lie in the folder `KUBEBUILDER_ASSETS` are taken from there. The others are built once from Go modules
 * into `${XDG_CACHE_HOME:-~/.cache}/kubeos/control-plane`, with progress lines. Throws `NOT_FOUND` for a name that no
 * module set has, `COMMAND_FAILED` when the build fails, `CANCELLED` when the signal ends it.
 */
export async function ensureBinaries(
  names: readonly string[],
  log: (line: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const paths: Record<string, string> = {};
  const wanted: BinaryName[] = [];
  for (const name of names) {
    const given = givenBinary(name);
    if (given !== undefined) paths[name] = given;
    else if (isBinaryName(name)) wanted.push(name);
    else throw new KubeosError('NOT_FOUND', `No module set builds a program named ${name}`);
  }
  for (const set of moduleSets) {
    const ofSet = wanted.filter((name) => Object.hasOwn(set.packages, name));
    if (ofSet.length > 0) Object.assign(paths, await ensureSet(set, ofSet, log, signal));
  }
  return paths;
}

function givenBinary(name: string): string | undefined {
  const folder = process.env['KUBEBUILDER_ASSETS'];
  if (folder === undefined || folder === '') return undefined;
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}

async function ensureSet(
  set: ModuleSet,
  names: readonly BinaryName[],
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>>> {
  const source = join(modulesFolder, set.name);
  const cache = cacheFolder(process.env['XDG_CACHE_HOME'], 'control-plane');
  const goMod = await readFile(join(source, 'go.mod'), 'utf8');
  const goSum = await readFile(join(source, 'go.sum'), 'utf8');
  const flags = buildFlags(set, goMod);
  const go = await findGo(source, cache, log, signal);
  const key = cacheKey({
    set: set.name,
    goMod,
    goSum,
    goVersion: go.version,
    flags,
    architecture: process.arch,
  });
  const folder = join(cache, key);
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0)
    await build({ set, names: missing, source, folder, flags, go, log, signal });
  return Object.fromEntries(names.map((name) => [name, join(folder, name)]));
}

interface Build {
  readonly set: ModuleSet;
  readonly names: readonly BinaryName[];
  readonly source: string;
  readonly folder: string;
  readonly flags: readonly string[];
  readonly go: Go;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function build(plan: Build): Promise<void> {
  const { set, names, source, folder, flags, go, log, signal } = plan;
  const command = await go.command();
  await mkdir(folder, { recursive: true });
  const temporary = await mkdtemp(join(folder, '.build-'));
  const progress = new BuildProgress(names.join(', '), log);
  try {
    const packages = names.map((name) => set.packages[name] ?? name);
    const args = ['build', '-v', ...flags, '-o', `${temporary}/`, ...packages];
    await goBuild(command, args, {
      lockFile: join(folder, '.lock'),
      cwd: source,
      temporary,
      onStderr: (text) => progress.add(text),
      signal,
    });
    for (const name of names) {
      await rename(join(temporary, executableName(set.packages[name] ?? name)), join(folder, name));
    }
    progress.finish();
  } finally {
    progress.stop();
    await rm(temporary, { recursive: true, force: true });
  }
}

interface GoBuildOptions {
  readonly lockFile: string;
  readonly cwd: string;
  readonly temporary: string;
  readonly onStderr: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function goBuild(
  command: string,
  args: readonly string[],
  options: GoBuildOptions,
): Promise<void> {
  const { lockFile, cwd, temporary, onStderr, signal } = options;
  // The lock spares a second run beside this one the compile: it waits, then finds all in Go's own cache.
  const wrapper = ['--pdeathsig', 'KILL', '--', 'flock', '--no-fork', lockFile];
  const child = startChild('setpriv', [...wrapper, command, ...args], {
    cwd,
    // A build that is killed does not clear its work folder; in ours it goes with the rest.
    env: { ...goEnvironment, GOTMPDIR: temporary },
    timeoutMs: buildTimeoutMs,
    onStderr,
    ...(signal === undefined ? {} : { signal }),
  });
  child.stdin.end();
  child.stdout.resume();
  try {
    await child.exited;
  } catch (cause) {
    if (!hasCode(cause, 'COMMAND_FAILED')) throw cause;
    throw new KubeosError('COMMAND_FAILED', `go build failed:\n${child.stderrTail()}`, { cause });
  }
}

/** `go build` names a program after its package folder, and skips a version suffix. */
function executableName(goPackage: string): string {
  return basename(goPackage.replace(/\/v\d+$/, ''));
}
