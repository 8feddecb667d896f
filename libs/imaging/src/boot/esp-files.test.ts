import { describe, expect, it } from '@jest/globals';
import { bootStep, parseBootBlock } from '@kubeos/core';
import { espFiles } from './esp-files.ts';

describe('espFiles', () => {
  const grub = { fileName: 'BOOTX64.EFI', bytes: Buffer.from('MZ') };

  it('puts everything where firmware, GRUB and the agent look for it', () => {
    expect(espFiles(grub, 'menu').map(({ path }) => path)).toEqual([
      'EFI/BOOT/BOOTX64.EFI',
      'EFI/openEuler/grub.cfg',
      'EFI/openEuler/grubenv',
    ]);
  });

  it('lets a new disk boot slot A as the good one, and knows no way to B', () => {
    const block = espFiles(undefined, 'menu').find(({ path }) => path.endsWith('grubenv'))?.bytes;
    expect(parseBootBlock(block)).toMatchObject({
      kind: 'ok',
      vars: { good: 'A', order: ['A'], slots: { A: 'good', B: 'empty' }, seq: 0 },
    });
    const loadable = { A: true, B: true };
    expect(bootStep(block, { saveOk: true, loadable })).toMatchObject({ slot: 'A', why: 'good' });
  });
});
