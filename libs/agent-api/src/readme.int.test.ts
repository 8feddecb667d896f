import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { leanAgentStatus, stubAgent } from '@kubeos/testing';
import { createAgentServer } from './server.ts';

const none = { total: 0, first: [] };
const report = {
  models: [{ model: 'kernel.sysctl', settings: [{ key: 'vm.swappiness', outcome: 'set' }] }],
  disruption: 'none',
  pendingRestarts: [],
  rebootPending: false,
} as const;

it('the examples of the README run as they stand', async () => {
  const library = resolve(import.meta.dirname, '..');
  const readme = await readFile(join(library, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, text = '']) => text);
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
      preview: async () => report,
      configure: async ({ phase }) => ({
        result: phase === 'Prepare' ? 'Prepared' : 'Committed',
        report,
      }),
      checkDrift: async () => ({ ...report, refused: none, drift: none }),
    }),
  );
  const listener = createServer((connection) => server.accept(connection));
  try {
    const socket = join(folder, 'agent.sock');
    await once(listener.listen(socket), 'listening');
    const { NODE_OPTIONS: _forJest, ...env } = process.env;
    const told: string[] = [];
    for (const example of examples) {
      await writeFile(join(folder, 'example.ts'), example);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--conditions=@kubeos/source', join(folder, 'example.ts'), `unix:${socket}`],
        { env, timeout: 30_000 },
      );
      told.push(stdout);
    }
    expect(told).toEqual([
      'runs KubeOS 1 from slot A\nWriting 1 of ?\nPrepared, slot B was empty\n',
      'vm.swappiness set \ndisruption: none\nCommitted\n0 settings differ\n',
    ]);
  } finally {
    listener.close();
    await server.close(0);
    await rm(folder, { recursive: true });
  }
});
