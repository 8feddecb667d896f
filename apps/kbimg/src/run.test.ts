import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from './run.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-kbimg-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function kbimg(...argv: readonly string[]) {
  let out = '';
  let err = '';
  const exitCode = await run(
    argv,
    {},
    {
      ...{ version: '1.2.3', nodeFilesDir: '/nowhere', stop: new AbortController().signal },
      print: (text) => (out += text),
      complain: (text) => (err += text),
    },
  );
  return { exitCode, out, err };
}

async function recipe(text: string): Promise<string> {
  const file = join(folder, 'kbimg.toml');
  await writeFile(file, text);
  return file;
}

const right = `[from_repo]
version = "1"
repo_path = "debian.sources"
agent_path = "agent.cjs"
root_passwd = "*"
rpmlist = ["systemd"]
`;

describe('kbimg', () => {
  it('says its version and how it is used', async () => {
    expect(await kbimg('-V')).toEqual({ exitCode: 0, out: 'kbimg 1.2.3\n', err: '' });
    expect((await kbimg('--help')).out).toContain('Usage: kbimg');
  });

  it('ends with the exit status of a wrong call', async () => {
    const { exitCode, err } = await kbimg('create', 'vm-img');
    expect([exitCode, err]).toEqual([
      64,
      'kbimg: --file FILE, the recipe, is missing (see kbimg --help)\n',
    ]);
  });

  it('names a recipe that is not there', async () => {
    const { exitCode, err } = await kbimg('create', '-f', join(folder, 'none.toml'), 'vm-img');
    expect(exitCode).toBe(64);
    expect(err).toContain(`cannot read the recipe ${join(folder, 'none.toml')}: ENOENT`);
  });

  it('B-66: tells all that is wrong with a recipe, each with its place', async () => {
    const file = await recipe(`${right}colour = "red"\n[disk_partition]\nroot = "big"\n`);
    const { exitCode, err } = await kbimg('create', '-f', file, 'vm-img');
    expect(exitCode).toBe(64);
    expect(err.split('\n').map((line) => line.split(': ', 2).join(': '))).toEqual([
      `${file}:3:1: from_repo.repo_path`,
      `${file}:4:1: from_repo.agent_path`,
      `${file}:7:1: from_repo.colour`,
      `${file}:9:8: disk_partition.root`,
      '',
    ]);
  });

  it('tells which files of a recipe are missing, counted from its folder', async () => {
    const file = await recipe(right);
    const { exitCode, err } = await kbimg('create', '-f', file, 'vm-img');
    expect(exitCode).toBe(64);
    expect(err.split('\n')).toEqual([
      `${file}:3:1: from_repo.repo_path: ${join(folder, 'debian.sources')} does not exist`,
      `${file}:4:1: from_repo.agent_path: ${join(folder, 'agent.cjs')} does not exist`,
      '',
    ]);
  });

  it('-d: checks, says what would be built, and builds nothing', async () => {
    const file = await recipe(right);
    await writeFile(join(folder, 'debian.sources'), '');
    await writeFile(join(folder, 'agent.cjs'), '');
    const output = join(folder, 'out');
    const { exitCode, out } = await kbimg('-d', 'create', '-f', file, '-o', output, 'vm-img');
    expect(exitCode).toBe(0);
    expect(out).toContain('vm-img of KubeOS 1 for');
    expect(out).toContain(`would go into ${output}`);
    expect(out).toContain('20 GiB, two roots of 2560 MiB');
  });
});
