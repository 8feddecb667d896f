import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { leanPlugin } from './lean-plugin.mjs';

const folder = mkdtempSync(join(tmpdir(), 'kubeos-lean-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function bundle(contents) {
  const outfile = join(folder, `${Math.random()}.cjs`);
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    plugins: [leanPlugin()],
  });
  return createRequire(import.meta.url)(outfile);
}

describe('codecs', () => {
  it('are built without the descriptions that only reflection reads', async () => {
    const { definition } = await bundle(`
      import { fromJSON } from '@grpc/proto-loader';
      const Word = { fields: { text: { type: 'string', id: 1 } } };
      export const definition = fromJSON({ nested: { Word } }).Word;
    `);
    const bytes = definition.serialize({ text: 'kept' });
    expect(definition.deserialize(bytes)).toMatchObject({ text: 'kept' });
    expect(definition.fileDescriptorProtos).toEqual([]);
  });
});

describe('a package that no program reaches', () => {
  it('may be imported and extended', async () => {
    const loaded = await bundle(`
      import { Agent } from 'undici';
      export class Mine extends Agent {}
    `);
    expect(typeof loaded.Mine).toBe('function');
  });

  it('throws with its name when a member is used', async () => {
    const { use } = await bundle(`
      import { request } from 'undici';
      export const use = () => request('http://localhost');
    `);
    expect(use).toThrow('undici is not in this bundle');
  });

  it('throws with its name when its default export is used', async () => {
    const { use } = await bundle(`
      import WebSocket from 'isomorphic-ws';
      export const use = () => new WebSocket('ws://localhost');
    `);
    expect(use).toThrow('isomorphic-ws is not in this bundle');
  });
});
