import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exec } from '@kubeos/host';

import { debianArchives, type DebianArchives } from './apt-sources.ts';

/** The archives of Debian that this machine uses. */
export async function readDebianArchives(): Promise<DebianArchives> {
  const folder = '/etc/apt/sources.list.d';
  const entries = existsSync(folder) ? await readdir(folder) : [];
  const files = [
    '/etc/apt/sources.list',
    ...entries
      .filter((name) => /\.(list|sources)$/u.test(name))
      .sort()
      .map((name) => join(folder, name)),
  ];
  const there = files.filter((file) => existsSync(file));
  return debianArchives(await Promise.all(there.map((file) => readFile(file, 'utf8'))));
}

/**
 * Those settings of this machine's apt that are about the way to an archive, as the text of a configuration. They may
 * hold passwords of a proxy. Throws `COMMAND_FAILED`.
 */
export async function readAptSettings(): Promise<string> {
  const { stdout } = await exec('apt-config', ['dump', '--format', '%f "%v";%n']);
  return stdout
    .split('\n')
    .filter((line) => /^Acquire::(?:https?|Retries|Check-)\S* "[^"]+";$/iu.test(line))
    .map((line) => `${line}\n`)
    .join('');
}
