import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { recipeFor } from './example-image.ts';

const example = join(import.meta.dirname, '../../../../examples/vm/kbimg.toml');

describe('the recipe of the example', () => {
  it.each(['uefi', 'bios'] as const)(
    'finds the agent from another folder, for %s',
    async (firmware) => {
      const text = recipeFor(await readFile(example, 'utf8'), firmware);
      const [, agent = ''] = /^agent_path = "(.*)"$/mu.exec(text) ?? [];
      expect(isAbsolute(agent)).toBe(true);
      expect(agent).toMatch(/\/apps\/agent\/dist\/agent\.cjs$/u);
    },
  );

  it('boots from old firmware where that is asked for', () => {
    const text = '[from_repo]\nversion = "1"\n[grub]\n';
    expect(recipeFor(text, 'uefi')).toBe(text);
    expect(recipeFor(text, 'bios')).toBe(
      '[from_repo]\nlegacy_bios = true\nversion = "1"\n[grub]\n',
    );
    const own = '[from_repo]\nlegacy_bios = true\n';
    expect(recipeFor(own, 'bios')).toBe(own);
  });
});
