/** Everything below the program: libraries, certificates, accounts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import type { ImageArch, SbomPackage } from '@kubeos/core/image';
import { collectLibraries, readElf, type LayerFile } from '@kubeos/imaging';
import type { UnpackedPackages } from '../debian/unpack-packages.ts';
import type { NodeRuntime } from '../node/node-runtime.ts';
import { accountFiles } from './account-files.ts';
import { joinCertificates } from './ca-bundle.ts';
import { packageFiles } from './package-files.ts';

/** Where OpenSSL is told to look; so does everybody who mounts other certificates. */
export const caBundlePath = 'etc/ssl/certs/ca-certificates.crt';
/** Where Node.js is. */
export const nodePath = 'usr/bin/node';

/** EM_X86_64, EM_AARCH64 */
const machineOf: Readonly<Record<ImageArch, string>> = { amd64: 'elf64-62', arm64: 'elf64-183' };
const certificates = 'usr/share/ca-certificates/mozilla';

/** Files of a layer, and the packages that they are of. */
export interface ListedFiles {
  readonly files: readonly LayerFile[];
  readonly packages: readonly SbomPackage[];
}

/**
 * The files that Node.js needs to run as a container, from packages for its platform. Throws `INVALID_CONFIGURATION` when
 * these lack a library or when Node.js is for another platform.
 */
export async function systemFiles(
  unpacked: UnpackedPackages,
  node: NodeRuntime,
  arch: ImageArch,
): Promise<ListedFiles> {
  const { tree } = unpacked;
  const needs = readElf(await readFile(node.binary), `/${nodePath}`);
  const { machine, files: libraries } = await collectLibraries(tree, [needs]);
  if (machine !== machineOf[arch]) {
    throw new KubeosError('INVALID_CONFIGURATION', `${node.binary} is not for ${arch}`);
  }
  const ofPackages = await packageFiles(unpacked);
  const folders = ['lib', 'lib64'].filter((name) =>
    [...libraries.keys()].some((path) => path.startsWith(`usr/${name}/`)),
  );
  return {
    files: [
      ...Array.from(libraries, ([path, content]): LayerFile => {
        return { kind: 'file', path, content, executable: true };
      }),
      ...folders.map((path): LayerFile => ({ kind: 'link', path, target: `usr/${path}` })),
      ...accountFiles(),
      await caBundle(tree),
      ...(await systemName(tree)),
      ...ofPackages.files,
    ],
    packages: ofPackages.packages,
  };
}

/** Node.js itself, in a layer of its own: it is large, and changes with other releases than libraries do. */
export function nodeFiles({ binary, license, version }: NodeRuntime, arch: ImageArch): ListedFiles {
  return {
    files: [
      { kind: 'file', path: nodePath, content: { file: binary }, executable: true },
      { kind: 'file', path: 'usr/share/doc/nodejs/copyright', content: { file: license } },
    ],
    packages: [{ format: 'generic', name: 'nodejs', version, arch, license: 'MIT' }],
  };
}

async function caBundle(tree: string): Promise<LayerFile> {
  const folder = join(tree, certificates);
  const texts = new Map<string, string>();
  for (const name of await readdir(folder)) {
    texts.set(name, await readFile(join(folder, name), 'utf8'));
  }
  return { kind: 'file', path: caBundlePath, content: Buffer.from(joinCertificates(texts)) };
}

/** Scanners take the vendor of packages from it. */
async function systemName(tree: string): Promise<readonly LayerFile[]> {
  const path = 'usr/lib/os-release';
  return [
    { kind: 'file', path, content: await readFile(join(tree, path)) },
    { kind: 'link', path: 'etc/os-release', target: `../${path}` },
  ];
}
