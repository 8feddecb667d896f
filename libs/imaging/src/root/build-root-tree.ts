import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { osReleaseText, type SbomPackage } from '@kubeos/core/image';
import { parseOsRelease } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { makeAccounts } from './accounts.ts';
import { installNodeFiles } from './agent-files.ts';
import { installWithApt, type InstallRequest } from './apt.ts';
import { runChrootScript } from './chroot-script.ts';
import { cleanTree, movePackageDatabase, removeTracesOfHost } from './clean.ts';
import { copyFiles } from './copy-files.ts';
import { installWithDnf } from './dnf.ts';
import { placeKernel } from './kernel.ts';
import {
  agentVersion,
  debianPackages,
  nodeVersion,
  rpmPackages,
  sortPackages,
} from './package-list.ts';
import type { RootRequest, RootTree } from './root-tree.ts';
import { hideSecrets } from './secrets.ts';
import { setTreeTimes } from './times.ts';
import { attempt, openTree, type Tree } from './tree.ts';
import { enableUnits } from './units.ts';
import { moveVarToFactory } from './var-folder.ts';

/**
 * Builds the root file system of a recipe as a folder `root` in the work folder: packages, then what makes it a node,
 * then what the recipe adds, in the order of upstream (files, script, users, services). The same request makes the same
 * tree, byte for byte. Needs to be root, for the owners of files and for the scripts of packages, which run in the tree.
 *
 * Secrets of the recipe go into `/etc/shadow` of the tree as hashes and nowhere else. Throws `INVALID_SPEC` for what the
 * recipe asks for and the image does not have, `SOURCE_NOT_FOUND`, `SOURCE_UNREACHABLE` and `INSECURE_SOURCE` of
 * repositories, `NO_AGENT`, `STORAGE_FULL`, `STORAGE_FAILED`, `COMMAND_FAILED`, `COMMAND_TIMEOUT`, `CANCELLED`.
 */
export async function buildRootTree(
  request: RootRequest,
  context: BuildContext,
): Promise<RootTree> {
  requireRoot();
  const { recipe, workDir, epochSeconds, recipeDir } = request;
  const { fromRepo } = recipe;
  const dir = join(workDir, 'root');
  const at = (path: string): string => resolve(recipeDir, path);
  const install: InstallRequest = {
    ...{ dir, workDir, epochSeconds, cacheDir: request.cacheDir, arch: request.arch },
    packages: fromRepo.packages,
    repoPath: at(fromRepo.repoPath),
  };
  context.progress('Installing packages');
  await attempt(`Cannot make ${workDir}`, () => mkdir(workDir, { recursive: true }));
  await (fromRepo.packageManager === 'apt' ? installWithApt : installWithDnf)(install, context);

  const tree = openTree(dir);
  context.progress('Adding the files of a node');
  const vendor = await nameSystem(tree, fromRepo.version);
  await removeTracesOfHost(tree);
  const kernelRelease = await placeKernel(tree);
  await requireSystemd(tree);
  const agentPath = at(fromRepo.agentPath);
  const units = await installNodeFiles(tree, { ...request, agentPath });

  await addOfRecipe(tree, request, context);
  await enableUnits(tree, [...units, ...recipe.systemdServices], context);

  context.progress('Cleaning the root file system');
  const list = fromRepo.packageManager === 'apt' ? debianPackages : rpmPackages;
  const packages = [
    ...(await list(tree, context)),
    ...(await ownPackages(request, agentPath, context)),
  ];
  await movePackageDatabase(tree, fromRepo.packageManager);
  await cleanTree(tree);
  await moveVarToFactory(tree);
  await setTreeTimes(dir, epochSeconds);
  return {
    ...{ dir, vendor, kernelRelease },
    packages: sortPackages(packages),
    persistDirs: persistDirs(recipe.persistMkdir),
  };
}

async function addOfRecipe(
  tree: Tree,
  { recipe, recipeDir, epochSeconds }: RootRequest,
  context: BuildContext,
): Promise<void> {
  await copyFiles(tree, recipe.copyFiles, recipeDir);
  const script = recipe.chrootScript;
  if (script !== undefined) {
    context.progress('Running the chroot script');
    const file = resolve(recipeDir, script.path);
    await runChrootScript(tree, file, script, (text) => hideSecrets(text, recipe), context);
  }
  await makeAccounts(tree, recipe, epochSeconds, context);
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new KubeosError(
    'FORBIDDEN',
    'Building a root file system needs root: its files belong to users of the image, and scripts of packages run in it',
  );
}

async function requireSystemd(tree: Tree): Promise<void> {
  if ((await tree.kindOf('/usr/lib/systemd/systemd')) === 'file') return;
  throw new KubeosError(
    'INVALID_SPEC',
    'The image has no /usr/lib/systemd/systemd to start: add systemd to rpmlist',
  );
}

/** Writes os-release, and says whose system it was. */
async function nameSystem(tree: Tree, version: string): Promise<string> {
  const base = (await tree.readText('/etc/os-release')) ?? '';
  await tree.remove('/etc/os-release');
  await tree.write('/usr/lib/os-release', osReleaseText(version, base));
  await tree.link('/etc/os-release', '../usr/lib/os-release');
  return (parseOsRelease(base).get('ID') ?? 'unknown').toLowerCase();
}

/** What we add to the packages: it comes from no repository, and has its place in the list of software. */
async function ownPackages(
  { nodeBinary, arch }: RootRequest,
  agentPath: string,
  context: BuildContext,
): Promise<readonly SbomPackage[]> {
  const unknown = 'unknown';
  const node = (await nodeVersion(nodeBinary, context)) ?? unknown;
  const agent = (await agentVersion(agentPath, context)) ?? unknown;
  return [
    { format: 'generic', name: 'nodejs', version: node, arch, license: 'MIT' },
    { format: 'generic', name: 'os-agent', version: agent, arch, license: 'MulanPSL-2.0' },
  ];
}

/** What the initrd mounts and the agent writes to, then what the recipe asks for. */
const ownPersistDirs: readonly string[] = [
  ...['var', 'etc', 'etcwork', 'opt', 'optwork', 'etc/KubeOS/certs'],
];

/** All folders of PERSIST, each after the one that it lies in. */
function persistDirs(wanted: readonly string[]): readonly string[] {
  const all = new Set<string>();
  for (const path of [...ownPersistDirs, ...wanted]) {
    const names = path.split('/').filter((name) => name !== '');
    names.forEach((_, at) => all.add(names.slice(0, at + 1).join('/')));
  }
  return [...all];
}
