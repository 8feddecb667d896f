/** What has to go along with files of a package: its licence, and for scanners that it is there. */
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SbomPackage } from '@kubeos/core/image';
import { readTextIfThere, resolveLinks } from '@kubeos/host';
import { licenseOfCopyright, type LayerFile } from '@kubeos/imaging';
import { listedPackage } from '../debian/debian-package.ts';
import type { UnpackedPackages } from '../debian/unpack-packages.ts';

/** Texts of packages, and what is known of them. */
export interface PackageFiles {
  readonly files: readonly LayerFile[];
  readonly packages: readonly SbomPackage[];
}

const licenses = 'usr/share/common-licenses';

/** The files of all packages, with the texts of licences that their copyrights point to. */
export async function packageFiles({ tree, packages }: UnpackedPackages): Promise<PackageFiles> {
  const files: LayerFile[] = [];
  const listed: SbomPackage[] = [];
  const named = new Set<string>();
  for (const found of packages) {
    const { name, control } = found;
    const folder = `usr/share/doc/${name}`;
    const copyright = await readIn(tree, `${folder}/copyright`);
    const isLink = (await lstat(join(tree, folder))).isSymbolicLink();
    files.push(
      isLink
        ? { kind: 'link', path: folder, target: await readlink(join(tree, folder)) }
        : { kind: 'file', path: `${folder}/copyright`, content: Buffer.from(copyright) },
      // Where scanners look in images without dpkg.
      { kind: 'file', path: `var/lib/dpkg/status.d/${name}`, content: Buffer.from(control) },
    );
    for (const license of licensesNamedIn(copyright)) named.add(license);
    listed.push(listedPackage(found, licenseOfCopyright(copyright)));
  }
  for (const name of named) {
    const text = await readTextIfThere(await resolveLinks(tree, `${licenses}/${name}`));
    if (text !== undefined) {
      files.push({ kind: 'file', path: `${licenses}/${name}`, content: Buffer.from(text) });
    }
  }
  return { files, packages: listed };
}

/** Names of the texts of licences that a copyright does not repeat. */
export function licensesNamedIn(copyright: string): ReadonlySet<string> {
  const found = copyright.matchAll(
    /\/usr\/share\/common-licenses\/([A-Za-z0-9.+-]*[A-Za-z0-9+])/gu,
  );
  return new Set([...found].map(([, name = '']) => name));
}

async function readIn(tree: string, path: string): Promise<string> {
  return readFile(await resolveLinks(tree, path), 'utf8');
}
