/** What every boot environment keeps: the tests of the file on a disk and of the models. */
import { describe, expect, it } from '@jest/globals';
import type { BootEnvironment } from '@kubeos/core';

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

/** Declares the tests. `open` gives a boot environment without a file. */
export function describeBootEnvironment(name: string, open: () => Promise<BootEnvironment>): void {
  describe(`boot environment ${name}`, () => {
    const read = async (env: BootEnvironment) => Uint8Array.from((await env.read()) ?? []);

    it('has no file at first, then the one that was put in place', async () => {
      const env = await open();
      expect(await env.read()).toBeUndefined();
      await env.replace(bytes(1024, 1));
      expect(await read(env)).toEqual(bytes(1024, 1));
      await env.replace(bytes(1024, 2));
      expect(await read(env)).toEqual(bytes(1024, 2));
    });

    it('overwrites the first sector and keeps the rest', async () => {
      const env = await open();
      await env.replace(bytes(1024, 1));
      await env.writeSector(bytes(512, 2));
      expect(await read(env)).toEqual(Uint8Array.from([...bytes(512, 2), ...bytes(512, 1)]));
    });

    it('makes no file by writing a sector', async () => {
      const env = await open();
      await expect(env.writeSector(bytes(512, 2))).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
      });
      expect(await env.read()).toBeUndefined();
    });

    it('shares its bytes with nobody', async () => {
      const env = await open();
      const given = bytes(1024, 1);
      await env.replace(given);
      given.fill(9);
      (await env.read())?.fill(9);
      expect(await read(env)).toEqual(bytes(1024, 1));
    });
  });
}
