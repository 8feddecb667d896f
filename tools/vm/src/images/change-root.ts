import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exec } from '@kubeos/host';

/** A file of a root file system that becomes another one, or goes. */
export type RootChange = {
  /** Without blanks. */
  readonly path: string;
} & (
  | { readonly becomes: 'nothing' }
  | { readonly becomes: 'text' | 'program'; readonly text: string }
  /** Another name of a file that there is. */
  | { readonly becomes: 'link'; readonly to: string }
);

/**
 * Changes files of a root file system in its image, in place; all are there before, at these paths and not through links.
 * `folder` is on the same disk. Throws what debugfs(8) says.
 */
export async function changeRoot(
  image: string,
  changes: readonly RootChange[],
  folder: string,
  env: { readonly PATH: string },
): Promise<void> {
  const work = await mkdtemp(join(folder, '.change-'));
  try {
    const commands: string[] = [];
    for (const [index, change] of changes.entries()) {
      const source = join(work, String(index));
      if ('text' in change) await writeFile(source, change.text, { mode: 0o644 });
      commands.push(...commandsOf(change, source));
    }
    const script = join(work, 'commands');
    await writeFile(script, commands.map((command) => `${command}\n`).join(''));
    const { stdout, stderr } = await exec('debugfs', ['-w', '-f', script, image], { env });
    // debugfs ends with 0 whatever its commands came to.
    const failed = /not found|error|denied|Usage/iu.exec(
      `${stdout}${stderr.replace(/^debugfs .*$/mu, '')}`,
    );
    if (failed !== null) throw new Error(`debugfs could not change the image: ${stdout}${stderr}`);
  } finally {
    await rm(work, { recursive: true });
  }
}

function commandsOf(change: RootChange, source: string): readonly string[] {
  const { path } = change;
  switch (change.becomes) {
    case 'nothing':
      return [`rm ${path}`];
    case 'text':
      return [`rm ${path}`, `write ${source} ${path}`];
    case 'program':
      return [`rm ${path}`, `write ${source} ${path}`, `sif ${path} mode 0100755`];
    case 'link':
      return [`rm ${path}`, `ln ${change.to} ${path}`];
  }
}
