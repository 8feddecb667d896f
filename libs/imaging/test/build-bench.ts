import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, type Exec } from '@kubeos/host';
import type { BuildContext } from '../src/build-context.ts';

/** A folder for one test file and what its builds run with. */
export interface BuildBench {
  readonly dir: string;
  readonly context: BuildContext;
  close(): Promise<void>;
}

/** The builds find the tools for images in their cache before those of this machine, which may be too old. */
export async function openBuildBench(): Promise<BuildBench> {
  const dir = await mkdtemp(join(tmpdir(), 'kubeos-imaging-'));
  const path = [...(await imageTools()), process.env['PATH'] ?? ''].join(':');
  const run: Exec = (file, args, options = {}) =>
    exec(file, args, { ...options, env: { ...options.env, PATH: path } });
  return {
    dir,
    context: { exec: run, signal: new AbortController().signal, progress: () => undefined },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

async function imageTools(): Promise<readonly string[]> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubeos');
  const names = await readdir(cache).catch(() => []);
  return names
    .filter((name) => name.startsWith('image-tools-'))
    .map((name) => join(cache, name, 'bin'));
}
