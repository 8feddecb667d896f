import { createHash } from 'node:crypto';
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { KubeosError } from '@kubeos/core';
import { startChild } from '@kubeos/host';

import { withToolsOnPath, type ImageTools } from '../tools/image-tools.ts';

const workspace = resolve(import.meta.dirname, '../../../..');
const examples = join(workspace, 'examples');
const agentInRecipe = /(?:\.\.\/)+apps\/agent\/dist\/agent\.cjs/u;
const agent = join(workspace, 'apps/agent/dist/agent.cjs');
const kbimg = join(workspace, 'apps/kbimg/dist/kbimg.cjs');
const bundleMs = 5 * 60_000;
const buildMs = 30 * 60_000;
const keptCharacters = 4000;

/** An example, by paths below the folder `examples`. */
export interface Example {
  readonly recipe: string;
  /** Files and folders that the recipe is made of, itself among them. */
  readonly parts: readonly string[];
}

const vmExample: Example = { recipe: 'vm/kbimg.toml', parts: ['vm'] };

/** Bundles the programs that images are made by and hold, unless they are as the sources say. */
export async function bundleForImages(signal: AbortSignal): Promise<void> {
  const bundles = ['run-many', '--targets=bundle', '--projects=@kubeos/agent,@kubeos/kbimg'];
  await runNode([join(workspace, 'node_modules/nx/dist/bin/nx.js'), ...bundles], {
    signal,
    timeoutMs: bundleMs,
    env: { NX_DAEMON: 'false', NX_TUI: 'false' },
  });
}

/** Names the state of all that images of an example follow from but for the packages of the day, and of `more`. */
export async function keyOfImages(
  more: readonly string[] = [],
  { parts }: Example = vmExample,
): Promise<string> {
  const hash = createHash('sha256').update([process.version, process.arch, ...more].join('\0'));
  const ofExample = parts.map((part) => join(examples, part));
  for (const place of [join(agent, '..'), join(kbimg, '..'), ...ofExample]) {
    for (const file of await filesOf(place)) {
      hash.update(`\0${file.slice(workspace.length)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(place: string): Promise<readonly string[]> {
  if ((await stat(place)).isFile()) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return (
    entries
      // Written by the bundler beside its bundles, for its own test.
      .filter((entry) => entry.isFile() && !entry.name.startsWith('metafile'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  );
}

/** Lays the recipe of an example out in a folder, with its text changed; gives the path of the recipe. */
export async function layOutExample(
  folder: string,
  change: (recipe: string) => string = (recipe) => recipe,
  { recipe, parts }: Example = vmExample,
): Promise<string> {
  for (const part of parts) {
    await cp(join(examples, part), join(folder, part), { recursive: true });
  }
  const file = join(folder, recipe);
  const text = await readFile(file, 'utf8');
  await writeFile(file, change(text.replace(agentInRecipe, agent)));
  return file;
}

/** How kbimg is run. */
export interface KbimgOptions {
  readonly tools: ImageTools;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Told each line of standard error. */
  readonly print?: (line: string) => void;
}

/** The command line with which a person runs kbimg, from Node.js on. */
export function kbimgCommand(...argv: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, kbimg, ...argv];
}

/** Runs `kbimg create` to its end. Throws `COMMAND_FAILED` with what it said, `CANCELLED`. */
export async function runKbimg(
  recipe: string,
  output: string,
  kind: string,
  { tools, env, ...options }: KbimgOptions,
): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new KubeosError('FORBIDDEN', 'Building an image needs root');
  }
  const [, ...args] = kbimgCommand('create', '-f', recipe, '-o', output, kind);
  await runNode(args, {
    ...options,
    timeoutMs: buildMs,
    env: { ...env, ...withToolsOnPath(tools) },
  });
}

interface RunOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
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
