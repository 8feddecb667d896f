/**
 * What goes wrong on nodes, on two machines side by side: images that pass every check and do not work, and power that
 * is cut at moments drawn at random. The node is a node again each time, by itself.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentFailure } from '@kubeos/core';
import {
  inShort,
  serveImages,
  slotState,
  type ImageServer,
  type Upgrade,
  type VmNode,
} from '@kubeos/vm';
import type { Fault } from './broken-images.fixture.ts';
import { NodePool } from './node-pool.fixture.ts';
import { payloadOf, testImages, type TestImages } from './test-images.fixture.ts';

let images: TestImages;
let server: ImageServer;
let pool: NodePool;
/** All tests begin to wait for a machine at once. */
const longest = 2_400_000;
/** How long Prepare takes here, and how long from Activate until the firmware is at work; in milliseconds. */
let prepareMs = 0;
let switchMs = 0;

const good = (): Upgrade => ({
  seq: 1,
  version: images.upgrade.version,
  payload: payloadOf(server, images.upgrade),
});

beforeAll(async () => {
  images = await testImages();
  server = await serveImages(images.folder);
  pool = await NodePool.open(images, 'failures', async (node) => {
    await node.put('/etc/KubeOS/certs/test-ca.pem', server.ca);
    // A hang is to be noticed sooner than on a real node; three attempts of it are waited for.
    await node.run(
      'sed -i s/kubeos.watchdog=120/kubeos.watchdog=30/ /boot/efi/EFI/openEuler/grub.cfg; sync',
    );
    await node.machine.saveSnapshot('booted');
    const started = performance.now();
    const prepared = await node.prepare(good());
    prepareMs = Math.max(prepareMs, performance.now() - started);
    // kbimg's manifest and the node agree on what lies in the slot.
    const { digest: slotDigest } = images.second.rootFileSystem;
    expect(prepared).toMatchObject({ result: 'Prepared', slot: 'B', slotDigest });
    await node.machine.saveSnapshot('prepared');
    const armed = performance.now();
    const after = node.machine.events.length;
    await node.activate(good(), prepared);
    await node.machine.waitForEvent('RESET', { after, deadlineSeconds: 180 });
    switchMs = Math.max(switchMs, performance.now() - armed);
  });
}, 900_000);

afterAll(async () => {
  await pool.close();
  await server.close();
});

/** How each fault ends. */
const ends: Readonly<Record<Fault, Pick<AgentFailure, 'code' | 'evidence'>>> = {
  'kernel-garbage': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 1, lastStage: 'loader' } },
  'no-init': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
  panic: { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
  'init-hangs': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
  'never-confirms': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
};

describe('B-01: a bad image', () => {
  it.concurrent.each(Object.entries(ends))(
    '%s: the node comes back to version 1 by itself and says what happened',
    async (fault, { code, evidence }) => {
      await pool.use('booted', async (node) => {
        const image = images.broken[fault as Fault];
        const upgrade = { ...good(), payload: payloadOf(server, image) };
        const prepared = await node.prepare(upgrade);
        expect(prepared).toMatchObject({ result: 'Prepared', slot: 'B' });
        await node.activate(upgrade, prepared);
        // Nobody touches it from here on.
        const status = await node.hasReported(1);
        expect(inShort(status)).toBe('A good KubeOS 1');
        expect(slotState(status, 'B')).toBe('failed');
        expect(status.lastFailure).toMatchObject({ seq: 1, code, evidence });
      });
    },
    longest,
  );

  it.concurrent(
    'that runs and that nobody confirms: the node returns when the time is over',
    async () => {
      await pool.use('prepared', async (node) => {
        const { slots } = await node.status();
        const { slotDigest } = slots.B;
        const prepared = {
          result: 'Prepared',
          slot: 'B',
          ...(slotDigest === undefined ? {} : { slotDigest }),
        } as const;
        await node.activate(good(), prepared, 120);
        expect(inShort(await node.hasReported(2))).toBe('B trial KubeOS 2');
        const status = await node.hasReported(1);
        expect(inShort(status)).toBe('A good KubeOS 1');
        expect(slotState(status, 'B')).toBe('ready');
        expect(status.lastFailure).toMatchObject({
          code: 'NOT_CONFIRMED',
          evidence: { lastStage: 'agent' },
        });
      });
    },
    longest,
  );
});

/** Parts of the time that something takes, from 0 to 1. */
const moments = (count: number): readonly number[] =>
  Array.from({ length: count }, () => Number(Math.random().toFixed(3)));

/**
 * Lets the time pass while a call is at work, cuts power, and switches on again. The caller is gone too: a client that
 * lives would repeat its call in the next boot.
 */
async function cutAfter(
  node: VmNode,
  milliseconds: number,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const gone = new AbortController();
  const calling = call(gone.signal).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  gone.abort();
  await node.machine.powerCut();
  await calling;
  await node.machine.start();
}

describe('power that is cut', () => {
  it.concurrent.each(moments(5))(
    'at %d of Prepare leaves a node that boots version 1, and that can be upgraded',
    async (part) => {
      await pool.use('booted', async (node) => {
        await cutAfter(node, part * prepareMs, (signal) =>
          node.prepare(good(), () => undefined, signal),
        );
        const status = await node.hasReported(1);
        expect(inShort(status)).toBe('A good KubeOS 1');
        expect(['empty', 'ready']).toContain(slotState(status, 'B'));
      });
    },
    longest,
  );

  it.concurrent.each(moments(5))(
    'at %d of Activate leaves a node that boots one of the two versions',
    async (part) => {
      await pool.use('prepared', async (node) => {
        const { slotDigest } = (await node.status()).slots.B;
        const prepared = {
          result: 'Prepared',
          slot: 'B',
          ...(slotDigest === undefined ? {} : { slotDigest }),
        } as const;
        await cutAfter(node, part * switchMs, (signal) =>
          node.activate(good(), prepared, 600, signal),
        );
        const status = await node.hasReported();
        expect(['A good KubeOS 1', 'B trial KubeOS 2']).toContain(inShort(status));
      });
    },
    longest,
  );
});
