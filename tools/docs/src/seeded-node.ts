/** A folder that stands for a node, for what becomes of a seed that the documents make. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './pages.ts';

const execute = promisify(execFile);

/** The program of the image that applies seeds. */
export const seedProgram = join(repository, 'examples/node/usr/lib/kubeos/seed');

const systemPath = process.env['PATH'] ?? '';
/** A disk is a file: its label is looked for in there, and to mount it is to copy what it holds. */
const programs: Readonly<Record<string, string>> = {
  blkid: `[ -e "$ROOT/disk" ] || exit 2; PATH="${systemPath}" exec blkid "$@" "$ROOT/disk"`,
  hostname: '',
  mount: 'for last; do :; done; mcopy -s -n -i "$5" "::/*" "$last"',
  systemctl: '',
  udevadm: '',
  umount: 'rm -r "$1"',
};

/** A node without an identity. */
export class SeededNode {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<SeededNode> {
    const node = new SeededNode(await mkdtemp(join(tmpdir(), 'kubeos-seeded-')));
    await node.write('proc/cmdline', 'kubeos.slot=A kubeos.why=good\n');
    await node.write('etc/machine-id', '\n');
    for (const [name, text] of Object.entries(programs)) {
      await node.write(`bin/${name}`, `#!/bin/sh\n${text}\n`);
      await chmod(node.at(`bin/${name}`), 0o755);
    }
    return node;
  }

  /** The path on this machine of one of the node. */
  at(path: string): string {
    return join(this.folder, path);
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(this.at(path)), { recursive: true });
    await writeFile(this.at(path), text);
  }

  async read(path: string): Promise<string> {
    return readFile(this.at(path), 'utf8');
  }

  /** Looks for a seed and applies it; gives what the journal gets. Fails as the program does. */
  async applySeed(): Promise<string> {
    const env = { ROOT: this.folder, PATH: `${this.at('bin')}${delimiter}${systemPath}` };
    return (await execute('sh', [seedProgram], { env, timeout: 60_000 })).stderr;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
