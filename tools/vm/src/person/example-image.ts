import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { KubeosError } from '@kubeos/core';
import { startChild } from '@kubeos/host';

import { cacheFolder } from '../tools/cache-folder.ts';
import { withFileLock } from '../tools/file-lock.ts';
import { withToolsOnPath, type ImageTools } from '../tools/image-tools.ts';

/** What the image of the example is built with. */
export interface ExampleOptions {
  readonly firmware: 'uefi' | 'bios';
  /** Build it though it is there. */
  readonly isFresh: boolean;
  readonly tools: ImageTools;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

const workspace = resolve(import.meta.dirname, '../../../..');
const example = join(workspace, 'examples/vm');
const recipeName = 'kbimg.toml';
const agentInRecipe = '../../apps/agent/dist/agent.cjs';
const agent = join(workspace, 'apps/agent/dist/agent.cjs');
const kbimg = join(workspace, 'apps/kbimg/dist/kbimg.cjs');
const imageName = 'system.qcow2';
const bundleMs = 5 * 60_000;
const buildMs = 30 * 60_000;
const keptCharacters = 4000;

/**
 * The disk of the example, qcow2; built by kbimg into `${XDG_CACHE_HOME:-~/.cache}/kubeos/vm-image-<key>` unless it is
 * there already. The key is of the recipe and the programs, not of the packages of the day.
 */
export async function exampleImage(options: ExampleOptions): Promise<string> {
  const { signal } = options;
  const bundles = ['run-many', '--targets=bundle', '--projects=@kubeos/agent,@kubeos/kbimg'];
  await runNode([join(workspace, 'node_modules/nx/dist/bin/nx.js'), ...bundles], {
    signal,
    timeoutMs: bundleMs,
    env: { NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  const cache = cacheFolder(process.env['XDG_CACHE_HOME']);
  await mkdir(cache, { recursive: true });
  const folder = join(cache, `vm-image-${await key(options.firmware)}`);
  const image = join(folder, imageName);
  if (existsSync(image) && !options.isFresh) return image;
  await withFileLock(
    join(cache, 'vm-image.lock'),
    async () => {
      if (!existsSync(image) || options.isFresh) await build(cache, folder, options);
    },
    signal,
  );
  return image;
}

async function key(firmware: string): Promise<string> {
  const hash = createHash('sha256').update(`${firmware} ${process.version} ${process.arch}`);
  for (const tree of [join(agent, '..'), join(kbimg, '..'), example]) {
    const entries = await readdir(tree, { recursive: true, withFileTypes: true });
    const files = entries
      // Written by the bundler beside its bundles, for its own test.
      .filter((entry) => entry.isFile() && !entry.name.startsWith('metafile'))
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(`\0${file.slice(tree.length)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

// Under the lock. Other images are of programs that were changed since: large, and of no use.
async function build(cache: string, folder: string, options: ExampleOptions): Promise<void> {
  const { tools, firmware, print, signal } = options;
  if (process.getuid?.() !== 0) {
    throw new KubeosError(
      'FORBIDDEN',
      'Building the image needs root; or boot another one, with --image FILE',
    );
  }
  for (const name of await readdir(cache)) {
    if (/^\.?vm-image-/u.test(name)) await rm(join(cache, name), { recursive: true });
  }
  print('Building the image of examples/vm (some minutes) ...');
  const temporary = await mkdtemp(join(cache, '.vm-image-'));
  try {
    const recipe = join(temporary, 'recipe');
    await cp(example, recipe, { recursive: true });
    const text = await readFile(join(example, recipeName), 'utf8');
    await writeFile(join(recipe, recipeName), recipeFor(text, firmware));
    const made = join(temporary, 'made');
    const args = [kbimg, 'create', '-f', join(recipe, recipeName), '-o', made, 'vm-img'];
    await runNode(args, { signal, timeoutMs: buildMs, env: withToolsOnPath(tools), print });
    await mkdir(join(temporary, 'image'));
    await rename(join(made, imageName), join(temporary, 'image', imageName));
    await rename(join(temporary, 'image'), folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The recipe at another place, and for another firmware. */
export function recipeFor(text: string, firmware: 'uefi' | 'bios'): string {
  const placed = text.replace(agentInRecipe, agent);
  if (firmware === 'uefi' || /^legacy_bios\b/mu.test(text)) return placed;
  return placed.replace(/^\[from_repo\]$/mu, '$&\nlegacy_bios = true');
}

interface RunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  /** Told each line of standard error. */
  readonly print?: (line: string) => void;
}

// What it writes to standard output is told only when it fails: the artefacts of kbimg go away again.
async function runNode(args: readonly string[], options: RunOptions): Promise<void> {
  const { print, ...rest } = options;
  const child = startChild(process.execPath, args, {
    ...rest,
    cwd: workspace,
    ...(print === undefined ? {} : { onStderr: eachLine(print) }),
  });
  let output = '';
  child.stdin.end();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-keptCharacters);
  });
  try {
    await child.exited;
  } catch (cause) {
    const failure = KubeosError.from(cause);
    throw new KubeosError(failure.code, `${failure.message}\n${output}`.trim(), { cause });
  }
}

function eachLine(print: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) print(line);
  };
}
