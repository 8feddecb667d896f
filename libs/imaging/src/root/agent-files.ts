import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { agentFiles, isAbsence, storageError } from '@kubeos/host';
import { copyEntry } from './copy-files.ts';
import type { Tree } from './tree.ts';
import { unitsToEnable } from './units.ts';

const unitFolder = '/usr/lib/systemd/system';

/** Folders beside the units that systemd looks for elsewhere. */
const otherFolders: Readonly<Record<string, string>> = {
  'sysusers.d': '/usr/lib/sysusers.d',
  'tmpfiles.d': '/usr/lib/tmpfiles.d',
};

/** A smaller young generation costs the agent nothing and the node a few MiB less. */
const program = `#!/bin/sh
exec /usr/lib/kubeos/node --max-semi-space-size=1 /usr/lib/kubeos/os-agent.cjs "$@"
`;

/** Where the files of a build come from on this machine. */
export interface NodePrograms {
  /** The agent's program; its units are in the folder `systemd` beside it. */
  readonly agentPath: string;
  readonly nodeBinary: string;
  /** Its folder `root` is copied over the tree. */
  readonly nodeFilesDir: string;
}

/**
 * Puts in what makes a system a node of KubeOS: agent, Node.js, units, and the files that every image has. Gives back
 * the names of units to enable. Throws `INVALID_SPEC` where the units are not beside the agent, `NO_AGENT` where they
 * lack one without which no trial could be taken back.
 */
export async function installNodeFiles(
  tree: Tree,
  { agentPath, nodeBinary, nodeFilesDir }: NodePrograms,
): Promise<readonly string[]> {
  await copyEntry(tree, nodeBinary, '/usr/lib/kubeos/node', true);
  await copyEntry(tree, agentPath, '/usr/lib/kubeos/os-agent.cjs', true);
  await tree.write('/usr/bin/os-agent', program, 0o755);
  const units = join(dirname(agentPath), 'systemd');
  const names = await namesIn(units);
  if (names === undefined) {
    throw new KubeosError(
      'INVALID_SPEC',
      `agent_path: no folder ${units} with the units of os-agent: name the program that npm run build makes (apps/agent/dist/agent.cjs), or copy apps/agent/systemd beside it`,
    );
  }
  for (const name of names) {
    // Links among the units mean files of the same folder, wherever that is.
    await copyEntry(tree, join(units, name), otherFolders[name] ?? `${unitFolder}/${name}`);
  }
  const files = join(nodeFilesDir, 'root');
  await copyEntry(tree, files, '/');
  const brought = (await namesIn(join(files, unitFolder))) ?? [];
  for (const file of agentFiles) {
    if ((await tree.kindOf(file)) === 'file') continue;
    throw new KubeosError('NO_AGENT', `agent_path: no ${file} comes with the agent of ${units}`);
  }
  return unitsToEnable(tree, [...new Set([...names, ...brought])]);
}

/** `undefined` where there is no folder. */
async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    if (isAbsence(thrown)) return undefined;
    throw storageError(thrown, `Cannot list ${folder}`);
  }
}
