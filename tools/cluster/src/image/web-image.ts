/** A container image for tests: an HTTP server that answers with the name of its pod. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { parseImageReference } from '@kubeos/core';
import type { ImageArch } from '@kubeos/core/image';
import {
  archiveLayout,
  buildLayer,
  writeContainerImage,
  type BuildContext,
  type LayerFile,
} from '@kubeos/imaging';

/** Under which name the nodes of the tests have it. No registry serves it: pods say `imagePullPolicy: Never`. */
export const webImage = 'kubeos.test/web:1';

const port = 8080;
/** Linked statically, as kbimg needs it on this machine too. */
const busybox = '/usr/bin/busybox';
const commands = ['sh', 'sleep', 'cat', 'ls', 'wget', 'hostname', 'httpd'];
// A container has the name of its pod, and everybody may write there. Its first process hears only what it asks for.
const start = `#!/bin/sh
trap exit TERM
hostname >/dev/shm/index.html
httpd -f -p ${port} -h /dev/shm &
wait
`;

/** Writes the image as one file, an OCI archive. Throws what building throws. */
export async function writeWebImage(file: string, context: BuildContext): Promise<void> {
  const work = await mkdtemp(`${file}.`);
  try {
    const architecture: ImageArch = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const layer = await buildLayer(join(work, 'layer'), files(), 'busybox', context);
    const dir = join(work, 'image');
    await mkdir(dir);
    const facts = {
      ...{ architecture, version: '1', title: 'web', epochSeconds: 0 },
      process: { entrypoint: ['/bin/start'], user: '65532:65532', env: { PATH: '/bin' } },
    };
    const reference = parseImageReference(webImage);
    const { blobs } = await writeContainerImage({
      ...{ dir, reference },
      platforms: [{ facts, layers: [layer] }],
    });
    await archiveLayout({ dir, blobs, epochSeconds: 0, file }, context);
  } finally {
    await rm(work, { recursive: true });
  }
}

function files(): readonly LayerFile[] {
  return [
    { kind: 'file', path: 'bin/busybox', content: { file: busybox }, executable: true },
    { kind: 'file', path: 'bin/start', content: Buffer.from(start), executable: true },
    ...commands.map((name): LayerFile => ({
      kind: 'link',
      path: `bin/${name}`,
      target: 'busybox',
    })),
  ];
}
