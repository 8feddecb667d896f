import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTar, type TarEntry } from '@kubeos/transfer';
import { openBuildBench, type BuildBench } from '../../test/build-bench.ts';
import { epochSeconds, makeSmallTree } from '../../test/small-tree.ts';
import { digestFile, type FileDigest } from './files.ts';
import { makeRootTar } from './root-tar.ts';

let bench: BuildBench;
let tree = '';
let made: FileDigest;
const inBench = (name: string): string => join(bench.dir, name);

beforeAll(async () => {
  bench = await openBuildBench();
  tree = inBench('tree');
  await makeSmallTree(bench.context.exec, tree, { version: 'v1', files: 20 });
  made = await makeRootTar(
    { rootDir: tree, file: inBench('kubeos.tar'), epochSeconds },
    bench.context,
  );
});
afterAll(() => bench.close());

async function readEntries(): Promise<ReadonlyMap<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  for await (const { entry, content } of readTar(createReadStream(inBench('kubeos.tar')))) {
    for await (const _ of content);
    entries.set(entry.name, entry);
  }
  return entries;
}

describe('makeRootTar', () => {
  it('B-76: gives the same bytes for a copy of the tree', async () => {
    const copy = inBench('copy');
    await bench.context.exec('cp', ['--archive', tree, copy]);
    const again = await makeRootTar(
      { rootDir: copy, file: inBench('copy.tar'), epochSeconds },
      bench.context,
    );
    expect(again).toEqual(made);
    expect(again).toEqual(await digestFile(inBench('copy.tar'), bench.context.signal));
  });

  it('B-44: is read by the agent with owners, modes, links, device nodes and capabilities', async () => {
    const entries = await readEntries();
    const names = Array.from(entries.keys());
    expect(names[0]).toBe('./');
    expect(names).toEqual(names.toSorted());
    const ping = entries.get('./usr/bin/ping');
    expect(ping).toMatchObject({ type: 'file', mode: 0o4755, size: 50_000 });
    expect(ping?.attributes.get('SCHILY.xattr.security.capability')).toHaveLength(20);
    expect(entries.get('./usr/bin/ping4')).toMatchObject({
      ...{ type: 'hardLink', linkName: './usr/bin/ping' },
    });
    expect(entries.get('./dev/null')).toMatchObject({ type: 'character', deviceMinor: 3 });
    expect(entries.get('./usr/share/')).toMatchObject({ uid: 1234, gid: 70_000 });
    expect(entries.get('./etc/')?.mtime).toBe(String(epochSeconds));
  });

  it('is unpacked by the plain command of upstream', async () => {
    const folder = inBench('unpacked');
    await mkdir(folder);
    const { exec } = bench.context;
    await exec('tar', ['-xf', inBench('kubeos.tar'), '-C', folder]);
    await expect(
      exec('diff', ['--recursive', '--no-dereference', '--exclude=dev', tree, folder]),
    ).resolves.toMatchObject({ stdout: '' });
  });

  it('ends with the build', async () => {
    const ended = { ...bench.context, signal: AbortSignal.abort() };
    const request = { rootDir: tree, file: inBench('ended.tar'), epochSeconds };
    await expect(makeRootTar(request, ended)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('fails for a tree that is not there', async () => {
    const request = { rootDir: inBench('nothing'), file: inBench('failed.tar'), epochSeconds };
    await expect(makeRootTar(request, bench.context)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
    });
  });
});
