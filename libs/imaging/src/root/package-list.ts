import { dirname, join } from 'node:path';
import { hasCode } from '@kubeos/core';
import type { SbomPackage } from '@kubeos/core/image';
import { readTextIfThere, type Exec } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { rpmDatabase } from './dnf.ts';
import { licenseOfCopyright, spdxExpression } from './licenses.ts';
import type { Tree } from './tree.ts';

const outputLimitBytes = 16 * 1024 * 1024;

/** What dpkg has installed in a tree, from its database as mmdebstrap left it. */
export async function debianPackages(
  tree: Tree,
  { exec, signal }: BuildContext,
): Promise<readonly SbomPackage[]> {
  const database = await tree.locate('/var/lib/dpkg');
  const format =
    '${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\n';
  const args = [`--admindir=${database}`, '--show', `--showformat=${format}`];
  const { stdout } = await exec('dpkg-query', args, { signal, outputLimitBytes });
  const found: SbomPackage[] = [];
  for (const line of stdout.split('\n')) {
    const [state = '', name = '', version = '', arch = '', source = ''] = line.split('\t');
    if (!state.startsWith('ii')) continue;
    const copyright = await tree.readText(`/usr/share/doc/${name}/copyright`);
    const license = licenseOfCopyright(copyright ?? '');
    found.push(packageOf({ format: 'deb', name, version, arch, source, license }));
  }
  return found;
}

/** What rpm has installed in a tree. */
export async function rpmPackages(
  tree: Tree,
  { exec, signal }: BuildContext,
): Promise<readonly SbomPackage[]> {
  const format =
    '%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{LICENSE}\\n';
  const args = [
    ...[`--define=_dbpath ${rpmDatabase}`, `--root=${tree.dir}`],
    ...['--query', '--all', `--queryformat=${format}`],
  ];
  const { stdout } = await exec('rpm', args, { signal, outputLimitBytes });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const [name = '', version = '', arch = '', sourceRpm = '', license = ''] = line.split('\t');
    // Keys that were imported to check signatures are entries too.
    if (name === 'gpg-pubkey') return [];
    const source = sourceRpm.replace(/-[^-]+-[^-]+\.src\.rpm$/u, '');
    return packageOf({
      ...{ format: 'rpm', name, version: version.replace(/^0:/u, ''), arch, source },
      license: spdxExpression(license),
    });
  });
}

interface Facts {
  readonly format: 'deb' | 'rpm';
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly source: string;
  readonly license: string | undefined;
}

function packageOf({ format, name, version, arch, source, license }: Facts): SbomPackage {
  return {
    ...{ format, name, version, arch },
    ...(license === undefined ? {} : { license }),
    ...(source === '' || source === name || source === '(none)' ? {} : { source }),
  };
}

/** Sorts by name, then by architecture. */
export function sortPackages(packages: readonly SbomPackage[]): readonly SbomPackage[] {
  const keyOf = ({ name, arch = '' }: SbomPackage): string => `${name}\n${arch}`;
  return packages.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/**
 * The version of a Node.js program: what its npm package says, else what it says itself; `undefined` when neither can be
 * asked, as for another processor without a package.
 */
export async function nodeVersion(
  nodeBinary: string,
  { exec, signal }: { readonly exec: Exec; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const manifest = await readTextIfThere(join(dirname(nodeBinary), '../package.json'));
  const inPackage = /"version":\s*"(\d+\.\d+\.\d+)"/u.exec(manifest ?? '')?.[1];
  if (inPackage !== undefined) return inPackage;
  return versionOf(() => exec(nodeBinary, ['--version'], { signal }));
}

/** What an agent's program says of itself, run by the Node.js of this process. */
export function agentVersion(
  agentPath: string,
  { exec, signal }: BuildContext,
): Promise<string | undefined> {
  return versionOf(() => exec(process.execPath, [agentPath, '--version'], { signal }));
}

async function versionOf(
  ask: () => Promise<{ readonly stdout: string }>,
): Promise<string | undefined> {
  try {
    return /\d+\.\d+\.\d+\S*/u.exec((await ask()).stdout)?.[0];
  } catch (thrown) {
    // A program of another processor, or one that has no such option.
    if (hasCode(thrown, 'COMMAND_FAILED')) return undefined;
    throw thrown;
  }
}
