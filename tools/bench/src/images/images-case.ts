import { join } from 'node:path';

import { bundleForImages, findImageTools, type ImageTools } from '@kubeos/vm';

import type { Case, CaseContext } from '../case.ts';
import { atMost, figure, type Result } from '../result.ts';
import { buildImage, sizesOf } from './build-image.ts';
import { measureNode } from './measure-node.ts';

/** What it takes to build an image, to boot it, and to go on to the next one. */
export const imagesCase: Case = { name: 'images', run: runImages };

const mib = 2 ** 20;
const gib = 2 ** 30;
/** Free space that upstream's kbimg asks for: 20 GiB of image and 5 GiB. It needs root and loop devices as well. */
const upstreamGib = 25;
const mostShare = 0.1;

async function runImages(context: CaseContext): Promise<readonly Result[]> {
  const { folder, say, signal } = context;
  say('bundling');
  await bundleForImages(signal);
  const tools = await findImageTools(say, signal);
  // Fetches what the cache of packages lacks: it is not measured.
  say('building version 1');
  const first = join(folder, 'image-1');
  await buildImage({ context, tools, version: 1, output: first });
  say('building version 2');
  const second = join(folder, 'image-2');
  const built = await buildImage({ context, tools, version: 2, output: second });
  return [
    ...(await imageResults(second, built.seconds)),
    figure('image: most space taken by a build', built.peakBytes / gib, 'GiB'),
    atMost(
      `image: the same, of the ${upstreamGib} GiB that upstream asks for`,
      built.peakBytes / (upstreamGib * gib),
      'of upstream',
      mostShare,
    ),
    ...(await nodeResults(context, tools, first, second)),
  ];
}

async function imageResults(output: string, seconds: number): Promise<readonly Result[]> {
  const { root, payload, disk } = await sizesOf(output);
  return [
    figure('image: build', seconds, 's'),
    figure('image: root file system', root / mib, 'MiB'),
    figure('image: kubeos.img.zst', payload / mib, 'MiB'),
    figure('image: system.qcow2', disk / mib, 'MiB'),
  ];
}

async function nodeResults(
  context: CaseContext,
  tools: ImageTools,
  first: string,
  second: string,
): Promise<readonly Result[]> {
  context.say('booting version 1, upgrading to version 2');
  const { loginSeconds, agentSeconds, prepareSeconds, floorSeconds, switchSeconds } =
    await measureNode({ context, tools, first, second });
  return [
    figure('node in QEMU: power to login prompt', loginSeconds, 's'),
    figure('node in QEMU: power to agent', agentSeconds, 's'),
    figure('node in QEMU: agent, against the login prompt', agentSeconds / loginSeconds, 'times'),
    figure('upgrade in QEMU: Prepare', prepareSeconds, 's'),
    figure(
      'upgrade in QEMU: Prepare, against writing and reading so much with dd',
      prepareSeconds / floorSeconds,
      'times',
    ),
    figure('upgrade in QEMU: Activate to confirmed', switchSeconds, 's'),
    figure('upgrade in QEMU: all of it', prepareSeconds + switchSeconds, 's'),
  ];
}
