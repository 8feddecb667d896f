/** The root of a node in a folder, in which the script of the seed is run. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

import { createAuthority } from '@kubeos/control-plane';
import { exec } from '@kubeos/host';

const script = resolve(import.meta.dirname, '../../../../examples/node/usr/lib/kubeos/seed');

/** Files by their paths. */
export type Files = Readonly<Record<string, string>>;

/** What a run of the script came to. */
export interface SeedRun {
  readonly exitCode: number;
  readonly said: string;
}

/** Programs that would change the machine of the test: each notes that it was called. A mount is a copy. */
const programs: Files = {
  blkid: 'cat "$ROOT/disks" 2>/dev/null || exit 2',
  hostname: '',
  mount: 'for last; do :; done; cp -R "$ROOT$5/." "$last"',
  systemctl: '',
  udevadm: '',
  umount: 'rm -r "$1"',
};

/** A certificate, PEM. */
export async function makeCa(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeos-seed-ca-'));
  try {
    return await readFile((await createAuthority(folder, '/CN=test')).caFile, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each test has one of its own. */
export class SeedRoot {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<SeedRoot> {
    const root = new SeedRoot(await mkdtemp(join(tmpdir(), 'kubeos-seed-')));
    await root.write({
      'proc/cmdline': 'root=PARTUUID=1 kubeos.slot=A kubeos.why=good\n',
      'etc/machine-id': '\n',
      'var/lib/kubelet/config.yaml': '',
      'run/calls': '',
    });
    for (const [name, text] of Object.entries(programs)) {
      const note = `echo "${name} $*" >>"$ROOT/run/calls"`;
      await root.write({ [`bin/${name}`]: `#!/bin/sh\n${note}\n${text}\n` });
      await chmod(root.at(`bin/${name}`), 0o755);
    }
    return root;
  }

  at(path: string): string {
    return join(this.folder, path);
  }

  async write(files: Files): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(this.at(path)), { recursive: true });
      await writeFile(this.at(path), text);
    }
  }

  /** Puts a seed into an empty folder: `persist/seed`, or that of a disk which is found by its label from now on. */
  async seed(
    files: Files,
    place: 'persist/seed' | `dev/${string}` = 'persist/seed',
  ): Promise<void> {
    await rm(this.at(place), { recursive: true, force: true });
    await mkdir(this.at(place), { recursive: true });
    await this.write(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [join(place, path), text])),
    );
    if (place !== 'persist/seed') await this.write({ disks: `/${place}\n` });
  }

  async run(): Promise<SeedRun> {
    const { exitCode, stderr } = await exec('sh', [script], {
      env: {
        ROOT: this.folder,
        PATH: `${this.at('bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      },
      okExitCodes: [0, 1],
    });
    return { exitCode, said: stderr };
  }

  async read(path: string): Promise<string> {
    return readFile(this.at(path), 'utf8');
  }

  async modeOf(path: string): Promise<number> {
    return (await stat(this.at(path))).mode & 0o777;
  }

  has(path: string): boolean {
    return existsSync(this.at(path));
  }

  /** All files below `etc`, in order. */
  async etc(): Promise<readonly string[]> {
    const entries = await readdir(this.at('etc'), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.at('etc/').length))
      .sort();
  }

  async calls(): Promise<readonly string[]> {
    const text = await this.read('run/calls');
    return text.split('\n').filter((line) => line !== '');
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
