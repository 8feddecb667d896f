/** The program of an image, with the licences of all that is bundled into it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SbomPackage } from '@kubeos/core/image';
import * as z from 'zod/mini';
import type { ListedFiles } from '../system/system-files.ts';
import { programs, type ProgramName } from '../programs.ts';
import { bundledFolders, nodeOptionsOf } from './bundle.ts';

/** A program as an image has it. */
export interface AppFiles extends ListedFiles {
  /** Where the bundle is. */
  readonly path: string;
  readonly nodeOptions: readonly string[];
}

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.optional(z.string()),
});
const ownLicense = 'MulanPSL-2.0';

/** Reads the bundle of a program, which has to be made before. */
export async function appFiles(
  root: string,
  name: ProgramName,
  version: string,
): Promise<AppFiles> {
  const { app } = programs[name];
  const folder = join(root, 'apps', app);
  const path = `app/${app}.cjs`;
  const bundle = await readFile(join(folder, `dist/${app}.cjs`));
  const metafile: unknown = JSON.parse(
    await readFile(join(folder, 'dist/metafile-cjs.json'), 'utf8'),
  );
  const bundled = await Promise.all(
    bundledFolders(metafile).map((path) => readPackage(join(folder, path))),
  );
  const own = { name, version, license: ownLicense, text: await licenseText(root) };
  return {
    path,
    nodeOptions: nodeOptionsOf(bundle.toString('utf8')),
    files: [
      { kind: 'file', path, content: bundle },
      {
        ...{ kind: 'file', path: `usr/share/doc/${name}/copyright` },
        content: Buffer.from([own, ...bundled].map(renderLicense).join('\n\n')),
      },
    ],
    packages: [
      { format: 'generic', name, version, license: ownLicense },
      ...bundled.map(({ name, version, license }): SbomPackage => {
        return { format: 'npm', name, version, ...(license !== undefined && { license }) };
      }),
    ],
  };
}

interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly license?: string | undefined;
  readonly text: string;
}

async function readPackage(folder: string): Promise<Licensed> {
  const manifest = Manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return { ...manifest, text: await licenseText(folder) };
}

async function licenseText(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /^(?:licen[cs]e|notice)\b/iu.test(name));
  const texts = names.sort().map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

function renderLicense({ name, version, license = 'unknown', text }: Licensed): string {
  return `${name} ${version}\nLicense: ${license}\n\n${text.trim()}\n`;
}
