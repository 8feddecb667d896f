/**
 * What goes wrong on nodes, on machines side by side: images that pass every check and do not work, and power that
 * is cut at moments drawn at random. The node is a node again each time, by itself.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentFailure, PhaseAnswer } from '@kubeos/core';
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
/** How long it takes here from Activate until the firmware is at work; in milliseconds. */
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
    // Three attempts of everything: hangs and panics end sooner than on a real node, and nobody waits for a key.
    const sooner =
      's/kubeos.watchdog=120/kubeos.watchdog=30 panic=1/; s/--interruptible 3/--interruptible 0/';
    await node.run(`sed -i '${sooner}' /boot/efi/EFI/openEuler/grub.cfg; sync`);
    await node.machine.saveSnapshot('booted');
    const prepared = await node.prepare(good());
    // kbimg's manifest and the node agree on what lies in the slot.
    const { digest: slotDigest } = images.second.rootFileSystem;
    expect(prepared).toMatchObject({ result: 'Prepared', slot: 'B', slotDigest });
    await node.machine.saveSnapshot('prepared');
    const armed = performance.now();
    const after = node.machine.events.length;
    await node.activate(good(), prepared);
    await node.machine.waitForEvent('RESET', { after, deadlineSeconds: 180 });
    switchMs = performance.now() - armed;
  });
}, 900_000);

afterAll(async () => {
  await pool.close();
  await server.close();
});

/** How each fault ends; those that take longest first. */
const ends: Readonly<Record<Fault, Pick<AgentFailure, 'code' | 'evidence'>>> = {
  'init-hangs': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
  'never-confirms': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
  panic: { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
  'no-init': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 3, lastStage: 'kernel' } },
  'kernel-garbage': { code: 'BOOT_FAILED', evidence: { attemptsUsed: 1, lastStage: 'loader' } },
};

/** What Prepare has answered on a node that was prepared. */
async function answerOf(node: VmNode): Promise<PhaseAnswer> {
  const { slotDigest } = (await node.status()).slots.B;
  return { result: 'Prepared', slot: 'B', ...(slotDigest === undefined ? {} : { slotDigest }) };
}

/** Lets power be cut at a moment of a call, and switches on again. */
async function cutAt(
  node: VmNode,
  moment: Promise<unknown>,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const gone = new AbortController();
  const calling = call(gone.signal).catch(() => undefined);
  await Promise.race([moment, calling]);
  // The caller is gone too: a client that lives would repeat its call in the next boot.
  gone.abort();
  await node.machine.powerCut();
  await calling;
  await node.machine.start();
}

/** Parts of something, from 0 to 1. */
const parts = (count: number): readonly number[] =>
  Array.from({ length: count }, () => Number(Math.random().toFixed(3)));

// All in one block: jest begins a block only when the one before has ended, and machines would be idle.
describe('a node', () => {
  it.concurrent(
    'B-01: goes back to version 1 from an image that nobody confirms when the time is over',
    async () => {
      await pool.use('prepared', async (node) => {
        await node.activate(good(), await answerOf(node), 120);
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

  it.concurrent.each(Object.entries(ends))(
    'B-01: goes back to version 1 by itself from an image with %s, and says what happened',
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

  it.concurrent.each(parts(5))(
    'boots version 1 when power is cut at %d of Prepare',
    async (part) => {
      await pool.use('booted', async (node) => {
        const reached = Promise.withResolvers<void>();
        // What comes before and behind the bytes has its chance, too.
        if (part < 0.1) reached.resolve();
        const moment = reached.promise.then(() => delay(Math.random() * 2000));
        await cutAt(node, moment, (signal) =>
          node.prepare(
            good(),
            ({ bytesDone, bytesTotal = 0 }) => {
              if (bytesTotal > 0 && bytesDone >= part * bytesTotal) reached.resolve();
            },
            signal,
          ),
        );
        const status = await node.hasReported(1);
        expect(inShort(status)).toBe('A good KubeOS 1');
        expect(['empty', 'ready']).toContain(slotState(status, 'B'));
      });
    },
    longest,
  );

  it.concurrent.each(parts(5))(
    'boots one of the two versions when power is cut at %d of Activate',
    async (part) => {
      await pool.use('prepared', async (node) => {
        const prepared = await answerOf(node);
        await cutAt(node, delay(part * switchMs), (signal) =>
          node.activate(good(), prepared, 600, signal),
        );
        const status = await node.hasReported();
        expect(['A good KubeOS 1', 'B trial KubeOS 2']).toContain(inShort(status));
      });
    },
    longest,
  );
});
