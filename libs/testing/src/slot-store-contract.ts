/** What every pair of slots keeps: those on a disk and the models. */
import { describe, expect, it } from '@jest/globals';
import { imageTypes } from '@kubeos/core';
import type { InstallWatch, OperationProgress, Payload, SlotStore } from '@kubeos/core';
import { sampleDigest } from './agent-status.ts';

/** Slots that nobody runs from, and what can be put into both of them. */
export interface OpenSlots {
  readonly slots: SlotStore;
  readonly payload: Payload;
  /** What is inside. */
  readonly version: string;
  readonly hasAgent: boolean;
}

const unending = new AbortController().signal;
const unwatched: InstallWatch = { signal: unending, onProgress: () => undefined };

/** Declares the tests. */
export function describeSlotStore(name: string, open: () => Promise<OpenSlots>): void {
  describe(`slot store ${name}`, () => {
    const expectUnloadable = async (slots: SlotStore): Promise<void> => {
      const content = await slots.inspect('B');
      expect(content).not.toHaveProperty('version');
      expect(content.hasAgent).toBe(false);
    };

    it('puts a payload into a slot, and tells what is in it', async () => {
      const { slots, payload, version, hasAgent } = await open();
      const seen: OperationProgress[] = [];
      const watch = { signal: unending, onProgress: (at: OperationProgress) => void seen.push(at) };
      const installed = await slots.install('B', payload, watch);
      expect(installed.payloadDigest).toBe(payload.digest);
      expect(await slots.digest('B')).toBe(installed.slotDigest);
      const sizeBytes = await slots.sizeBytes('B');
      expect(await slots.inspect('B')).toEqual({ sizeBytes, version, hasAgent });
      expect(seen).not.toEqual([]);
    });

    it('cannot be loaded after a payload of another digest', async () => {
      const { slots, payload } = await open();
      await slots.install('B', payload, unwatched);
      const other = { ...payload, digest: sampleDigest('e') };
      const installing = slots.install('B', other, unwatched);
      await expect(installing).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
      await expectUnloadable(slots);
    });

    it.each(['install', 'copy'] as const)('cannot be loaded after a cancelled %s', async (how) => {
      const { slots, payload } = await open();
      await slots.install('A', payload, unwatched);
      await slots.install('B', payload, unwatched);
      const cancel = new AbortController();
      const watch = { signal: cancel.signal, onProgress: () => cancel.abort() };
      const work = how === 'install' ? slots.install('B', payload, watch) : slots.copy('B', watch);
      await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
      await expectUnloadable(slots);
    });

    it('cannot be loaded once it is invalidated', async () => {
      const { slots, payload } = await open();
      const { slotDigest } = await slots.install('B', payload, unwatched);
      await slots.invalidate('B');
      await expectUnloadable(slots);
      expect(await slots.digest('B')).not.toBe(slotDigest);
    });

    it('copies the other slot', async () => {
      const { slots, payload, version, hasAgent } = await open();
      const { slotDigest } = await slots.install('A', payload, unwatched);
      await slots.invalidate('B');
      const seen: OperationProgress[] = [];
      const watch = { signal: unending, onProgress: (at: OperationProgress) => void seen.push(at) };
      expect(await slots.copy('B', watch)).toBe(slotDigest);
      expect(await slots.digest('B')).toBe(slotDigest);
      expect(await slots.inspect('B')).toMatchObject({ version, hasAgent });
      expect(seen[0]).toMatchObject({ step: 'Copying' });
    });

    it('copies nothing where there is nothing', async () => {
      const { slots } = await open();
      await slots.invalidate('A');
      const copying = slots.copy('B', unwatched);
      await expect(copying).rejects.toMatchObject({ code: 'PAYLOAD_UNKNOWN' });
      await expectUnloadable(slots);
    });

    it('tells before anything is sent what it cannot fetch', async () => {
      const { slots, payload } = await open();
      await slots.check(payload);
      const { url: _url, image: _image, ...others } = payload;
      for (const imageType of imageTypes) {
        const nothing: Payload = { ...others, imageType };
        await expect(slots.check(nothing)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
        const installing = slots.install('B', nothing, unwatched);
        await expect(installing).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    });
  });
}
