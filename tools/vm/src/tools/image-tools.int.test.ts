import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { exec } from '@kubeos/host';

import { findImageTools, withToolsOnPath } from './image-tools.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-tools-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the tools', () => {
  it('make and read a file system, with their own libraries and defaults', async () => {
    const tools = await findImageTools();
    const options = { env: withToolsOnPath(tools), cwd: folder };
    await mkdir(join(folder, 'tree'));
    await writeFile(join(folder, 'tree/hello'), 'world\n');
    await exec('tar', ['-cf', 'tree.tar', '-C', 'tree', '.'], options);
    // From a tar, which a libarchive reads that is loaded at that moment.
    await exec('mkfs.ext4', ['-q', '-d', 'tree.tar', 'image', '8M'], options);
    const { stdout } = await exec('debugfs', ['-R', 'cat hello', 'image'], options);
    expect(stdout).toBe('world\n');
    await exec('resize2fs', ['image', '16M'], options);
    await exec('e2fsck', ['-fn', 'image'], options);
    await exec('qemu-img', ['convert', '-O', 'qcow2', 'image', 'image.qcow2'], options);
    const version = await exec('qemu-system-x86_64', ['--version'], options);
    expect(version.stdout).toMatch(/^QEMU emulator version 1\d\./u);
  }, 900_000);

  it('come with firmware', async () => {
    const { ovmfCode, ovmfVars } = await findImageTools();
    expect([ovmfCode, ovmfVars].every((file) => existsSync(file))).toBe(true);
  });
});

describe('unpacking', () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** Starts the process that unpacks, with this in place of mmdebstrap. */
  async function unpack(script: string): Promise<ChildProcess> {
    const program = join(folder, 'bin/mmdebstrap');
    await mkdir(join(folder, 'bin'), { recursive: true });
    await writeFile(program, `#!/bin/sh\nset -e\n${script}`);
    await chmod(program, 0o755);
    const file = join(import.meta.dirname, '../image-tools-process.ts');
    const child = spawn(process.execPath, ['--conditions=@kubeos/source', file], {
      env: {
        ...process.env,
        PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        XDG_CACHE_HOME: folder,
        NOTES: join(folder, 'notes'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return child;
  }
  // The folder is the word behind the suite.
  const good = `
    while [ "$1" != trixie ]; do shift; done
    echo once >> "$NOTES"
    sleep 0.5
    mkdir -p "$2/etc/apt" "$2/usr/share/OVMF"
    echo secret > "$2/etc/apt/apt.conf"
  `;
  const cached = async (): Promise<readonly string[]> =>
    (await readdir(join(folder, 'kubeos'))).filter((name) => name.includes('image-tools-'));

  it('is done once by several at a time, and takes away what a killed one has left', async () => {
    const left = join(folder, 'kubeos/.image-tools-killed');
    await mkdir(join(left, 'tree'), { recursive: true });
    const children = await Promise.all([unpack(good), unpack(good)]);
    const exits = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(exits).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(await readFile(join(folder, 'notes'), 'utf8')).toBe('once\n');
    const [name = '', ...others] = await cached();
    expect(others).toEqual([]);
    const made = join(folder, 'kubeos', name);
    expect((await readdir(made)).sort()).toEqual(['bin', 'tree']);
    expect(existsSync(join(made, 'tree/etc/apt'))).toBe(false);
    // Nothing is done where all is there.
    expect(await once(await unpack('exit 1'), 'exit')).toEqual([0, null]);
  });

  it('that fails says why, and leaves nothing', async () => {
    const child = await unpack('echo "E: no such mirror" >&2; exit 1');
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said).toContain('E: no such mirror');
    expect(await cached()).toEqual([]);
  });

  it('that is interrupted leaves nothing', async () => {
    const child = await unpack(`echo begun >> "$NOTES"; exec sleep 600`);
    const exited = once(child, 'exit');
    while (!existsSync(join(folder, 'notes'))) await delay(20);
    child.kill('SIGTERM');
    await exited;
    expect(await cached()).toEqual([]);
  });
});
