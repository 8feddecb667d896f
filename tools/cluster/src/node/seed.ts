/** The seed that gives a node its identity, as a small disk beside its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { exec } from '@kubeos/host';

/** What a node is told about itself and its cluster; `docs/guides/first-node.md` describes the files. */
export interface Seed {
  readonly hostname: string;
  /** Base address of the API server, as the node reaches it. */
  readonly server: string;
  /** CA of the cluster, PEM. */
  readonly ca: string;
  /** A bootstrap token. */
  readonly token: string;
  /** Addresses of its pods. */
  readonly podCidr: string;
  /** More files of `/etc`, by their path below it. */
  readonly etc: Readonly<Record<string, string>>;
}

/** FAT has 11 characters for it. */
const label = 'KUBEOS-SEED';
const diskKib = 1024;

/** Makes the disk of a node that has no seed yet; the node sees a disk without a file system. */
export async function writeEmptySeedDisk(file: string): Promise<void> {
  await writeFile(file, Buffer.alloc(diskKib * 1024), { mode: 0o600 });
}

/** Writes a seed as a disk with a FAT file system of its own. Replaces the file. */
export async function writeSeedDisk(file: string, seed: Seed): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeos-seed-'));
  try {
    for (const [name, text] of Object.entries(filesOf(seed))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text, { mode: 0o600 });
    }
    await writeEmptySeedDisk(file);
    await exec('mkfs.vfat', ['-n', label, file]);
    const names = ['hostname', 'server', 'ca.crt', 'token', 'pod-cidr', 'etc'];
    await exec('mcopy', ['-i', file, '-s', ...names.map((name) => join(folder, name)), '::']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function filesOf(seed: Seed): Readonly<Record<string, string>> {
  const etc = Object.entries(seed.etc).map(([name, text]) => [join('etc', name), text] as const);
  return {
    hostname: `${seed.hostname}\n`,
    server: `${seed.server}\n`,
    'ca.crt': seed.ca,
    token: `${seed.token}\n`,
    'pod-cidr': `${seed.podCidr}\n`,
    ...Object.fromEntries(etc),
  };
}
