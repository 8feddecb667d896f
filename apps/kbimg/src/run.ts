/** kbimg as a program: arguments in, exit status out. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  describeFailure,
  errorKinds,
  hasCode,
  KubeosError,
  parseImageReference,
} from '@kubeos/core';
import { readSourceDateEpoch, type ImageArch } from '@kubeos/core/image';
import { createSystemClock, exec, signalExitCode } from '@kubeos/host';
import {
  buildUpgradeImage,
  buildVmImage,
  layoutName,
  personPushOptions,
  pushOciLayout,
  type BuildContext,
  type BuildRequest,
} from '@kubeos/imaging';
import { parseCommandLine, type CommandLine } from './command-line.ts';
import { helpText } from './help.ts';
import { createProgress } from './progress.ts';
import { readRecipe, type ReadRecipe } from './read-recipe.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Create = Extract<CommandLine, { command: 'create' }>;

/** What the program gets from its process. */
export interface RunDeps {
  readonly version: string;
  /** Files that every image gets. */
  readonly nodeFilesDir: string;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
  /** Aborted by a signal that ends the program; its reason is the signal's name. */
  readonly stop: AbortSignal;
}

/** Runs one command and gives the exit status of its outcome. Never throws. */
export async function run(
  argv: readonly string[],
  env: Environment,
  deps: RunDeps,
): Promise<number> {
  try {
    await carryOut(parseCommandLine(argv), env, deps);
    return 0;
  } catch (thrown) {
    if (deps.stop.aborted && hasCode(thrown, 'CANCELLED')) {
      deps.complain('kbimg: stopped; nothing unfinished is left\n');
      return signalExitCode(deps.stop.reason);
    }
    deps.complain(`${describeFailure(thrown)}\n`);
    return errorKinds[KubeosError.from(thrown).kind].exitCode;
  }
}

async function carryOut(commandLine: CommandLine, env: Environment, deps: RunDeps): Promise<void> {
  if (commandLine.command !== 'create') {
    deps.print(commandLine.command === 'help' ? helpText : `kbimg ${deps.version}\n`);
    return;
  }
  const arch = ownArch();
  const epochSeconds =
    readSourceDateEpoch(env['SOURCE_DATE_EPOCH'], 'kbimg') ?? Math.floor(Date.now() / 1000);
  const read = await readRecipe(commandLine.file, commandLine.kind, arch);
  if (commandLine.push) requireTag(read);
  if (commandLine.debug) {
    deps.print(planText(commandLine, read, arch));
    return;
  }
  await create(commandLine, { ...read, arch, epochSeconds }, env, deps);
}

async function create(
  { kind, output, push }: Create,
  what: Pick<BuildRequest, 'recipe' | 'recipeDir' | 'arch' | 'epochSeconds'>,
  env: Environment,
  { nodeFilesDir, complain, print, stop }: RunDeps,
): Promise<void> {
  const progress = createProgress(createSystemClock(), complain);
  const context = { exec, signal: stop, progress: (step: string) => progress.begin(step) };
  const request = {
    ...what,
    output,
    nodeFilesDir,
    nodeBinary: process.execPath,
    cacheDir: join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubeos/kbimg'),
  };
  const build = kind === 'vm-img' ? buildVmImage : buildUpgradeImage;
  const { artefacts, containerImage } = await build(request, context);
  if (containerImage !== undefined) {
    const { reference, digest } = containerImage;
    if (push) await pushImage(join(output, layoutName), reference, context, env);
    print(`${reference} ${digest}\n`);
  }
  progress.end();
  for (const { name, bytes, sha256 } of artefacts) {
    print(`${join(output, name)} ${bytes} bytes sha256:${sha256}\n`);
  }
}

async function pushImage(
  layout: string,
  name: string,
  context: BuildContext,
  env: Environment,
): Promise<void> {
  context.progress(`Pushing ${name}`);
  const options = personPushOptions(parseImageReference(name), env, createSystemClock());
  await pushOciLayout(layout, name, options, context);
}

function planText({ kind, output }: Create, { recipe }: ReadRecipe, arch: ImageArch): string {
  const { fromRepo, users, copyFiles, systemdServices, diskPartition } = recipe;
  return [
    `The recipe is right. ${kind} of KubeOS ${fromRepo.version} for ${arch} would go into ${output}:`,
    `  packages   ${fromRepo.packages.join(' ')} (${fromRepo.packageManager})`,
    `  firmware   UEFI${fromRepo.legacyBios ? ' and BIOS' : ''}`,
    `  disk       ${diskPartition.imgSizeGib} GiB, two roots of ${diskPartition.rootMib} MiB`,
    `  users      root${users.map(({ name }) => ` ${name}`).join('')}`,
    `  files      ${copyFiles.length} copied`,
    `  services   ${systemdServices.join(' ') || 'none but the agent'}`,
    '',
  ].join('\n');
}

/** Told before a build that would take minutes, not after it. */
function requireTag({ recipe }: ReadRecipe): void {
  const { upgradeImg } = recipe.fromRepo;
  if (upgradeImg === undefined || parseImageReference(upgradeImg).tag !== undefined) return;
  throw new KubeosError(
    'INVALID_ARGUMENT',
    'kbimg: --push needs a tag in from_repo.upgrade_img: nobody can push under a digest',
  );
}

function ownArch(): ImageArch {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new KubeosError('UNSUPPORTED', `kbimg builds on x64 and arm64, not on ${process.arch}`);
}
