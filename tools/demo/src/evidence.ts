import { cp, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { ControlPlane } from '@kubeos/control-plane';
import { KubeosError } from '@kubeos/core';

/** Where the evidence of a failure comes from and goes to. */
export interface EvidenceOptions {
  /** The folder of the run. */
  readonly folder: string;
  /** Where the folder is made that stays. */
  readonly logFolder: string;
  /** Absent when it did not come up. */
  readonly plane: Pick<ControlPlane, 'run'> | undefined;
}

/** Files that tell about a failure. */
const telling = /(?:\.log|^status\.json|^os-agent\.json|^grubenv)$/u;
const kinds = 'os,osinstances,nodes,leases,pods,poddisruptionbudgets,events';

/**
 * Copies what tells about a failure to a folder that stays, and gives its path. The objects of the cluster are in
 * `objects.yaml` there, or why they cannot be read: the API server may be what failed.
 */
export async function keepEvidence(options: EvidenceOptions): Promise<string> {
  const { folder, logFolder, plane } = options;
  const kept = await mkdtemp(join(logFolder, 'kubeos-failed-demo-'));
  // With types, because only so it does not follow the nodes' links to /dev and /sys.
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !telling.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    await cp(path, join(kept, relative(folder, path)));
  }
  if (plane !== undefined) await writeFile(join(kept, 'objects.yaml'), await objectsOf(plane));
  return kept;
}

async function objectsOf(plane: Pick<ControlPlane, 'run'>): Promise<string> {
  const patience = '--request-timeout=20s';
  try {
    return await plane.run(['get', kinds, '--all-namespaces', '--output=yaml', patience]);
  } catch (thrown) {
    return `# ${KubeosError.from(thrown).message}\n`;
  }
}
