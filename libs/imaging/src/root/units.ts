import { hasCode, KubeosError } from '@kubeos/core';
import type { BuildContext } from '../build-context.ts';
import type { Tree } from './tree.ts';

const unitFolder = '/usr/lib/systemd/system';

/**
 * Which of these units of ours are to be enabled: those that say in `[Install]` what wants them, but not a service that
 * a socket, timer or path unit of the same name starts.
 */
export async function unitsToEnable(
  tree: Tree,
  names: readonly string[],
): Promise<readonly string[]> {
  const wanted: string[] = [];
  for (const name of names) {
    const path = `${unitFolder}/${name}`;
    if ((await tree.kindOf(path)) !== 'file') continue;
    if (!/^\[Install\]/mu.test((await tree.readText(path)) ?? '')) continue;
    const stem = name.replace(/\.service$/u, '');
    const starters = ['socket', 'timer', 'path'].map((kind) => `${stem}.${kind}`);
    if (name.endsWith('.service') && starters.some((starter) => names.includes(starter))) continue;
    wanted.push(name);
  }
  return wanted.sort();
}

/**
 * Enables units in a tree, by the systemctl(1) of this machine: what `[Install]` means, it knows best. Throws
 * `INVALID_SPEC` for a unit that the image does not have, `COMMAND_FAILED` otherwise.
 *
 * @param names with their suffix, `sshd.service`
 */
export async function enableUnits(
  tree: Tree,
  names: readonly string[],
  { exec, signal }: BuildContext,
): Promise<void> {
  for (const name of names) {
    try {
      await exec('systemctl', ['--quiet', `--root=${tree.dir}`, 'enable', '--', name], { signal });
    } catch (thrown) {
      if (!hasCode(thrown, 'COMMAND_FAILED')) throw thrown;
      throw unitError(name, thrown);
    }
  }
}

function unitError(name: string, cause: KubeosError): KubeosError {
  const said = String(cause.details['stderr'] ?? '');
  if (/does not exist|not found|No such file/iu.test(said)) {
    return new KubeosError(
      'INVALID_SPEC',
      `The image has no unit ${name}: see systemd_service for a wrong name, or add the package or file that brings it`,
      { cause, details: { unit: name } },
    );
  }
  return new KubeosError('COMMAND_FAILED', `Cannot enable ${name}: ${cause.message}`, {
    cause,
    details: { unit: name },
  });
}
