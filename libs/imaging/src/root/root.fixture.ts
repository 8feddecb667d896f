import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from '@kubeos/core/image';
import { agentFiles, exec } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';

/**
 * A tree as a list of lines that are equal only for equal trees: path, type, mode, owner, time, and what is in a file.
 */
export async function describeTree(dir: string, path = ''): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(join(dir, path))).sort()) {
    const below = `${path}/${name}`;
    const place = join(dir, below);
    const facts = await lstat(place);
    const shown = facts.isFile()
      ? createHash('sha256')
          .update(await readFile(place))
          .digest('hex')
      : facts.isSymbolicLink()
        ? await readlink(place)
        : '';
    const numbers = [facts.mode.toString(8), facts.uid, facts.gid, facts.mtimeMs, facts.nlink];
    lines.push([below, ...numbers, shown].join(' '));
    if (facts.isDirectory()) lines.push(...(await describeTree(dir, below)));
  }
  return lines;
}

/** A recipe of nothing but packages. */
export function plainRecipe(
  repoPath: string,
  packageManager: 'apt' | 'dnf',
  packages: readonly string[],
): Recipe {
  return {
    fromRepo: {
      ...{ version: '1.2.3', repoPath, packageManager, packages, legacyBios: false },
      ...{ agentPath: 'agent/agent.cjs', rootPasswd: '$6$saltsalt$roothash' },
    },
    ...{ users: [], copyFiles: [], systemdServices: [], persistMkdir: [] },
    diskPartition: { rootMib: 2560, imgSizeGib: 20 },
    places: new Map(),
  };
}

/** An agent and files of a node that are as small as they can be, in folders of their own. */
export async function writeNodeParts(folder: string): Promise<void> {
  const units = join(folder, 'agent/systemd');
  const node = join(folder, 'node-files/root/usr/lib/systemd/system');
  for (const path of [units, join(units, 'sysusers.d'), node]) {
    await mkdir(path, { recursive: true });
  }
  const install = (target: string): string => `[Install]\nWantedBy=${target}\n`;
  const files: Readonly<Record<string, string>> = {
    'agent/agent.cjs': 'console.log("0.9.1")\n',
    'agent/systemd/os-agent.service': `[Service]\nExecStart=/usr/bin/os-agent\n${install('multi-user.target')}`,
    'agent/systemd/os-agent.socket': `[Socket]\nListenStream=/run/x\n${install('sockets.target')}`,
    'agent/systemd/sysusers.d/kubeos.conf': 'g kubeos 6552\n',
    'node-files/root/usr/lib/systemd/system/host-keys.service': `[Service]\nExecStart=/bin/true\n${install('multi-user.target')}`,
    'node-files/root/usr/lib/systemd/system/kept.service': '[Service]\nExecStart=/bin/true\n',
  };
  for (const file of agentFiles.slice(1)) {
    await writeFile(join(units, file.slice(file.lastIndexOf('/') + 1)), '[Unit]\n');
  }
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
}

/** A build context that remembers what was run and what was said. */
export interface RecordedContext extends BuildContext {
  readonly commands: (readonly string[])[];
  readonly steps: string[];
}

/** Records everything on the way to the real programs. */
export function recordContext(signal: AbortSignal = new AbortController().signal): RecordedContext {
  const commands: (readonly string[])[] = [];
  const steps: string[] = [];
  return {
    ...{ commands, steps, signal },
    progress: (step) => void steps.push(step),
    exec: (file, args, options) => {
      commands.push([file, ...args, ...Object.values(options?.env ?? {})]);
      return exec(file, args, options);
    },
  };
}

/** Lines of this machine's mounts that lie in a folder. */
export async function mountsBelow(folder: string): Promise<readonly string[]> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  return mounts.split('\n').filter((line) => line.includes(folder));
}

/** Processes that name a folder in their arguments, or have their root in it. */
export async function processesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))) {
    const [line, root] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      readlink(`/proc/${pid}/root`).catch(() => ''),
    ]);
    if (line.includes(folder) || root.startsWith(folder)) found.push(`${pid} ${line}`);
  }
  return found;
}
