import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { hasCode, KubeosError } from '@kubeos/core';
import type { ChrootScript } from '@kubeos/core/image';
import { readTextIfThere } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { makeDeviceNodes } from './device-nodes.ts';
import { isolated } from './isolation.ts';
import { attempt, type Tree } from './tree.ts';

/** Longer than any sensible script; a hung one must not hold a build for ever. */
const scriptTimeoutMs = 30 * 60_000;

const resolvConf = '/etc/resolv.conf';

/**
 * Runs a script of the recipe with the tree as its root, as bash or what its first line names, with the network of this
 * machine and nothing on stdin. It lies in the root folder of the image under its own name, and stays there unless the
 * recipe removes it. Throws `COMMAND_FAILED` with what the script said last, `COMMAND_TIMEOUT`, `CANCELLED`.
 *
 * @param file the script on this machine
 * @param hide takes secrets out of what the script said
 */
export async function runChrootScript(
  tree: Tree,
  file: string,
  script: ChrootScript,
  hide: (text: string) => string,
  context: BuildContext,
): Promise<void> {
  const inside = `/${basename(file)}`;
  await tree.copyIn(file, inside, 0o700);
  await makeDeviceNodes(tree.dir, context);
  const giveBack = await lendNameServers(tree);
  const shell = (await tree.kindOf('/bin/bash')) === 'file' ? '/bin/bash' : '/bin/sh';
  const start = (await tree.readText(inside))?.slice(0, 2);
  const inner = start === '#!' ? { file: inside, args: [] } : { file: shell, args: [inside] };
  const command = isolated(inner, { rootDir: tree.dir });
  try {
    await context.exec(command.file, command.args, {
      signal: context.signal,
      timeoutMs: scriptTimeoutMs,
      outputLimitBytes: 64 * 1024 * 1024,
      env: { HOME: '/root', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    });
  } catch (thrown) {
    throw scriptError(file, thrown, hide);
  }
  await giveBack();
  if (script.rm) await tree.remove(inside);
}

function scriptError(file: string, thrown: unknown, hide: (text: string) => string): KubeosError {
  if (!hasCode(thrown, 'COMMAND_FAILED')) return KubeosError.from(thrown);
  const said = hide(String(thrown.details['stderr'] ?? ''));
  const exitCode = Number(thrown.details['exitCode'] ?? -1);
  return new KubeosError(
    'COMMAND_FAILED',
    `chroot_script ${file} failed with ${exitCode}${said === '' ? '' : `: ${said}`}`,
    { details: { exitCode } },
  );
}

/**
 * Lets the script resolve names as this machine does, unless the image has its own way. Where resolv.conf is a link into
 * `/run`, the file is made there and the link stays.
 */
async function lendNameServers(tree: Tree): Promise<() => Promise<void>> {
  const servers = await readTextIfThere(resolvConf);
  if (servers === undefined || (await tree.kindOf(resolvConf)) !== 'nothing') {
    return () => Promise.resolve();
  }
  const place = await tree.locate(resolvConf);
  await tree.write(resolvConf, servers);
  return async () => {
    // The script may have put its own there.
    if ((await readTextIfThere(place)) !== servers) return;
    await attempt(`Cannot remove ${place}`, () => rm(place));
  };
}
