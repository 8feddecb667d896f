/** What the files and kernel parameters of settings keep, on a node and as a model. */
import { describe, expect, it } from '@jest/globals';
import type { SettingsFiles } from '@kubeos/core';

/** Files without any of settings, and one parameter. */
export interface OpenSettingsFiles {
  readonly files: SettingsFiles;
  /** Path below `/proc/sys` of a parameter that takes numbers. */
  readonly parameter: string;
}

const path = '/etc/settings.conf';

/** Declares the tests. */
export function describeSettingsFiles(name: string, open: () => Promise<OpenSettingsFiles>): void {
  describe(`settings files ${name}`, () => {
    it.each([
      ['an empty text', ''],
      ['a byte order mark and CRLF', '\uFEFFa: 1\r\nb: ü\r\n'],
      ['no newline at the end', 'a: 1'],
    ])('give %s back byte for byte', async (_name, text) => {
      const { files } = await open();
      expect(await files.read(path)).toBeUndefined();
      await files.writeAll([{ path, text: 'what was there before\n' }]);
      await files.writeAll([{ path, text }]);
      expect(await files.read(path)).toBe(text);
    });

    it('are removed, and a second time too', async () => {
      const { files } = await open();
      await files.writeAll([{ path, text: 'a: 1\n' }]);
      await files.writeAll([{ path }]);
      await files.writeAll([{ path }]);
      expect(await files.read(path)).toBeUndefined();
    });

    it('are made, replaced and removed in one go', async () => {
      const { files } = await open();
      const paths = ['made', 'replaced', 'removed', 'other'].map((name) => `/etc/${name}.conf`);
      const [made = '', replaced = '', removed = '', other = ''] = paths;
      await files.writeAll([replaced, removed, other].map((path) => ({ path, text: 'old' })));
      await files.writeAll([
        { path: removed },
        { path: made, text: 'new' },
        { path: replaced, text: 'new', before: 'old' },
      ]);
      const texts = await Promise.all(paths.map((path) => files.read(path)));
      expect(texts).toEqual(['new', 'new', undefined, 'old']);
    });

    it('stay as they are when there is nothing to write', async () => {
      const { files } = await open();
      await files.writeAll([{ path, text: 'a: 1\n' }]);
      await files.writeAll([]);
      expect(await files.read(path)).toBe('a: 1\n');
    });

    it('hold what the kernel was told', async () => {
      const { files, parameter } = await open();
      await files.writeKernel(parameter, '17');
      expect(await files.readKernel(parameter)).toBe('17\n');
    });

    it('have no parameter that the kernel does not have', async () => {
      const { files } = await open();
      expect(await files.readKernel('vm/absent')).toBeUndefined();
      const writing = files.writeKernel('vm/absent', '17');
      await expect(writing).rejects.toMatchObject({ code: 'SETTINGS_REFUSED' });
      expect(await files.readKernel('vm/absent')).toBeUndefined();
    });
  });
}
