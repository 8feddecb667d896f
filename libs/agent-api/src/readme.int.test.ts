import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { leanAgentStatus, stubAgent } from '@kubeos/testing';
import { createAgentServer } from './server.ts';

it('the example of the README runs as it stands', async () => {
  const library = resolve(import.meta.dirname, '..');
  const readme = await readFile(join(library, 'README.md'), 'utf8');
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  // Below the library, where its packages are found.
  await mkdir(join(library, 'out-tsc'), { recursive: true });
  const folder = await mkdtemp(join(library, 'out-tsc/readme-'));
  const server = createAgentServer(
    stubAgent({
      status: async () => ({ ...leanAgentStatus, bootedSlot: 'A' }),
      prepare: async ({ seq }, onProgress) => {
        onProgress({ step: 'Writing', bytesDone: seq });
        return { result: 'Prepared', slot: 'B' };
      },
    }),
  );
  const listener = createServer((connection) => server.accept(connection));
  try {
    const socket = join(folder, 'agent.sock');
    await writeFile(join(folder, 'example.ts'), example);
    await once(listener.listen(socket), 'listening');
    const { NODE_OPTIONS: _forJest, ...env } = process.env;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@kubeos/source', join(folder, 'example.ts'), `unix:${socket}`],
      { env, timeout: 30_000 },
    );
    expect(stdout).toBe('runs KubeOS 1 from slot A\nWriting 1 of ?\nPrepared, slot B was empty\n');
  } finally {
    listener.close();
    await server.close(0);
    await rm(folder, { recursive: true });
  }
});
