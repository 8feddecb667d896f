import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cachedFolder } from '../cached-folder.ts';
import { bundleForImages, keyOfImages, layOutExample, runKbimg } from '../images/example.ts';
import type { ImageTools } from '../tools/image-tools.ts';

/** What the image of the example is built with. */
export interface ExampleOptions {
  /** Build it though it is there. */
  readonly isFresh: boolean;
  readonly tools: ImageTools;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

const imageName = 'system.qcow2';

/** The disk of the example, qcow2; built by kbimg unless it is in the cache. */
export async function exampleImage(options: ExampleOptions): Promise<string> {
  const { tools, isFresh, print, signal } = options;
  await bundleForImages(signal);
  const folder = await cachedFolder({
    ...{ kind: 'vm-image', key: await keyOfImages(), isFresh, signal },
    make: async (made) => {
      print('Building the image of examples/vm (a minute or more) ...');
      const recipe = await layOutExample(join(made, 'recipe'));
      const output = join(made, 'out');
      await runKbimg(recipe, output, 'vm-img', { tools, signal, print });
      await rename(join(output, imageName), join(made, imageName));
      await rm(output, { recursive: true });
    },
  });
  return join(folder, imageName);
}
