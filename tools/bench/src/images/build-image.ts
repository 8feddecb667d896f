import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { parseBuildManifest, type BuildManifest } from '@kubeos/core/image';
import { layOutExample, runKbimg, type ImageTools } from '@kubeos/vm';

import type { CaseContext } from '../case.ts';

/** An image to build. */
export interface ImageRequest {
  readonly context: CaseContext;
  readonly tools: ImageTools;
  readonly version: number;
  /** Folder of the artefacts. */
  readonly output: string;
}

const sampleMs = 200;

/** Builds a version of the example with kbimg; tells how long it took and how much space it had taken at most. */
export async function buildImage({
  context: { folder, signal },
  tools,
  version,
  output,
}: ImageRequest): Promise<{ readonly seconds: number; readonly peakBytes: number }> {
  const recipe = await layOutExample(join(folder, `recipe-${version}`), (text) =>
    text.replace('version = "1"', `version = "${version}"`),
  );
  const done = new AbortController();
  const free = watchFreeSpace(folder, done.signal);
  const started = performance.now();
  try {
    await runKbimg(recipe, output, 'vm-img', { tools, signal });
  } finally {
    done.abort();
  }
  const seconds = (performance.now() - started) / 1000;
  return { seconds, peakBytes: await free };
}

/** Difference between what is free now and the least that is free until the signal. */
async function watchFreeSpace(folder: string, signal: AbortSignal): Promise<number> {
  const free = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };
  const before = await free();
  let least = before;
  while (!signal.aborted) {
    least = Math.min(least, await free());
    await delay(sampleMs, undefined, { signal }).catch(() => undefined);
  }
  return before - least;
}

/** The manifest of an image. */
export async function manifestOf(output: string): Promise<BuildManifest> {
  return parseBuildManifest(await readFile(join(output, 'manifest.json'), 'utf8'));
}

/** Sizes of an image's forms, in bytes. */
export async function sizesOf(
  output: string,
): Promise<{ readonly root: number; readonly payload: number; readonly disk: number }> {
  const size = async (name: string): Promise<number> => (await stat(join(output, name))).size;
  return {
    root: (await manifestOf(output)).rootFileSystem.bytes,
    payload: await size('kubeos.img.zst'),
    disk: await size('system.qcow2'),
  };
}
