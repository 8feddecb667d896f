/** What every file of records keeps: state, snapshot and settings, on a disk and as models. */
import { describe, expect, it } from '@jest/globals';

/** A file that holds one text. */
export interface RecordFile {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** Declares the tests. `open` gives a place without a file, and from it the file as each new process sees it. */
export function describeRecordFile(name: string, open: () => Promise<() => RecordFile>): void {
  describe(`record file ${name}`, () => {
    it('holds nothing at first', async () => {
      const file = (await open())();
      expect(await file.read()).toBeUndefined();
    });

    it.each([
      ['an empty text', ''],
      ['any characters', '\uFEFF{"ä":"€\u{1F600}"}\r\n\0'],
      ['much', 'x'.repeat(200_000)],
    ])('gives %s back as it was, to the next process too', async (_name, text) => {
      const start = await open();
      await start().write(text);
      expect(await start().read()).toBe(text);
    });

    it('holds the last text whole, whatever the one before was', async () => {
      const file = (await open())();
      await file.write('a much longer text');
      await file.write('short');
      expect(await file.read()).toBe('short');
    });
  });
}
