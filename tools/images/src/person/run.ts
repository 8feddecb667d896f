/** The tool as a program: arguments in, exit status out. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  describeFailure,
  errorKinds,
  hasCode,
  KubeosError,
  parseImageReference,
} from '@kubeos/core';
import { readSourceDateEpoch } from '@kubeos/core/image';
import { createSystemClock, exec, signalExitCode } from '@kubeos/host';
import { personPushOptions, pushOciLayout, type BuildContext } from '@kubeos/imaging';
import { createProgress } from '@kubeos/kbimg';
import * as z from 'zod/mini';
import { buildImages } from '../build-images.ts';
import type { BuiltImage } from '../images-manifest.ts';
import { helpText, readArguments, type Request } from './arguments.ts';
import { findCommit } from './sources.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the program gets from its process. */
export interface RunDeps {
  /** Folder of the repository. */
  readonly root: string;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
  /** Bundles the programs, where their sources have changed. */
  readonly bundle: (signal: AbortSignal) => Promise<unknown>;
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
    const request = readArguments(argv);
    if (request.kind === 'help') deps.print(helpText);
    else await build(request, env, deps);
    return 0;
  } catch (thrown) {
    if (deps.stop.aborted && hasCode(thrown, 'CANCELLED')) {
      deps.complain('Stopped; nothing unfinished is left\n');
      return signalExitCode(deps.stop.reason);
    }
    deps.complain(`${describeFailure(thrown)}\n`);
    return errorKinds[KubeosError.from(thrown).kind].exitCode;
  }
}

async function build(
  request: Extract<Request, { kind: 'build' }>,
  env: Environment,
  { root, print, complain, bundle, stop }: RunDeps,
): Promise<void> {
  const givenEpoch = readSourceDateEpoch(env['SOURCE_DATE_EPOCH'], 'images');
  const commit = await findCommit(root, exec, stop);
  const progress = createProgress(createSystemClock(), complain);
  const context: BuildContext = { exec, signal: stop, progress: (step) => progress.begin(step) };
  context.progress('Bundling the programs');
  await bundle(stop);
  const output = resolve(root, request.output);
  const { images } = await buildImages(
    {
      ...{ ...request, root, output },
      version: await readVersion(root),
      revision: commit?.revision,
      epochSeconds: givenEpoch ?? commit?.epochSeconds ?? Math.floor(Date.now() / 1000),
    },
    context,
  );
  for (const image of images) {
    const pushed =
      request.push === undefined
        ? image.reference
        : await push(image, join(output, image.layout), request.push, env, context);
    print(`${pushed} ${image.digest}\n`);
    for (const { architecture, packedBytes } of image.platforms) {
      print(`  ${architecture} ${(packedBytes / 2 ** 20).toFixed(1)} MiB packed\n`);
    }
  }
  progress.end();
}

async function push(
  { reference }: BuiltImage,
  layout: string,
  registry: string,
  env: Environment,
  context: BuildContext,
): Promise<string> {
  const name = `${registry}/${reference}`;
  context.progress(`Pushing ${name}`);
  const options = personPushOptions(parseImageReference(name), env, createSystemClock());
  return (await pushOciLayout(layout, name, options, context)).reference;
}

async function readVersion(root: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
