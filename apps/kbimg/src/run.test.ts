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

const kbimg = (...argv: readonly string[]) => kbimgWith({}, ...argv);

async function kbimgWith(env: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  let out = '';
  let err = '';
  const exitCode = await run(argv, env, {
    ...{ version: '1.2.3', nodeFilesDir: '/nowhere', stop: new AbortController().signal },
    print: (text) => (out += text),
    complain: (text) => (err += text),
  });
  return { exitCode, out, err };
}

/** A recipe whose files are there. */
async function wholeRecipe(text: string): Promise<string> {
  await writeFile(join(folder, 'debian.sources'), '');
  await writeFile(join(folder, 'agent.cjs'), '');
  return recipe(text);
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
    const file = await wholeRecipe(right);
    const output = join(folder, 'out');
    const { exitCode, out } = await kbimg('-d', 'create', '-f', file, '-o', output, 'vm-img');
    expect(exitCode).toBe(0);
    expect(out).toContain('vm-img of KubeOS 1 for');
    expect(out).toContain(`would go into ${output}`);
    expect(out).toContain('20 GiB, two roots of 2560 MiB');
  });

  it.each(['soon', '-1', '1.5', '4294967296', '99999999999'])(
    'refuses SOURCE_DATE_EPOCH=%s before anything is built',
    async (epoch) => {
      const file = await wholeRecipe(right);
      const env = { SOURCE_DATE_EPOCH: epoch };
      const { exitCode, err } = await kbimgWith(env, '-d', 'create', '-f', file, 'vm-img');
      expect([exitCode, err]).toEqual([64, expect.stringContaining('SOURCE_DATE_EPOCH')]);
    },
  );

  it.each([
    ['a digest', `kubeos@sha256:${'0'.repeat(64)}`, 'needs a tag in from_repo.upgrade_img'],
    ['a name that no registry takes', 'KubeOS:1', ':7:1: from_repo.upgrade_img: Expected'],
  ])('refuses to push under %s before anything is built', async (_, name, said) => {
    const file = await wholeRecipe(`${right}upgrade_img = "${name}"\n`);
    const { exitCode, err } = await kbimg('-d', 'create', '-f', file, '--push', 'upgrade-img');
    expect([exitCode, err]).toEqual([64, expect.stringContaining(said)]);
  });
});
