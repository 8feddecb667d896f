/** kubectl with the plugin on its PATH, as a person of the cluster has it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';

import type { ControlPlane } from '@kubeos/control-plane';

const plugin = resolve(import.meta.dirname, '../../../../apps/kubectl-kubeos/dist/kubectl-kubeos');

/** Puts kubectl and the plugin into a folder of the control plane; gives that folder, for a PATH. */
export async function installKubectl({ folder, kubectl }: ControlPlane): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await symlink(plugin, join(bin, 'kubectl-kubeos'));
  await symlink(kubectl, join(bin, 'kubectl'));
  return bin;
}

/** Shows `kubectl kubeos status --watch` in this terminal until the signal ends it. */
export async function showStatus(
  plane: ControlPlane,
  bin: string,
  signal: AbortSignal,
): Promise<void> {
  const path = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(join(bin, 'kubectl'), ['kubeos', 'status', '--all-namespaces', '--watch'], {
    env: { ...process.env, PATH: path, KUBECONFIG: plane.kubeconfig },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const end = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  await once(child, 'exit');
}
