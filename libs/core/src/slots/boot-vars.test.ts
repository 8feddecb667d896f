import { describe, expect, it } from '@jest/globals';
import type { BootWhy } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import {
  newBlock,
  parseBootBlock,
  renderSector,
  sameVars,
  upstreamEntry,
  writeBootVars,
  type BootVars,
} from './boot-vars.ts';
import { changeSlots, freshVars, rebuiltVars } from './transitions.ts';

const header = '# GRUB Environment Block\n';
const block = (content: string, size = 1024): Uint8Array =>
  Uint8Array.from((header + content).padEnd(size, '#'), (character) => character.charCodeAt(0));
const text = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

const steady = freshVars('A', 7);
const armed = changeSlots(changeSlots(steady, 'endPrepare'), 'arm');
const confirmedB: BootVars = { ...freshVars('B', 7), slots: { A: 'failed', B: 'good' } };

describe('the boot sector', () => {
  it('holds all variables in the first 512 of 1,024 bytes', () => {
    const ours = 'good=A\norder=B A\nleft_a=0\nleft_b=3\nslot_a=good\nslot_b=trial\nseq=7\n';
    expect(text(newBlock(armed))).toBe((header + ours).padEnd(1024, '#'));
    expect(text(renderSector(undefined, armed))).toBe((header + ours).padEnd(512, '#'));
  });

  it('reads back what it wrote', () => {
    expect(parseBootBlock(newBlock(armed))).toEqual({ kind: 'ok', vars: armed });
    expect(parseBootBlock(newBlock(steady))).toEqual({ kind: 'ok', vars: steady });
  });

  it('keeps foreign variables and comments where they stand', () => {
    const sector = renderSector(block('# note\nboot_success=1\ngood=A\nkernel=\\\\x\n'), armed);
    expect(text(sector)).toMatch(
      /Block\n# note\nboot_success=1\ngood=A\nkernel=\\\\x\norder=B A\n/,
    );
  });

  it('drops second lines of our names, which would hide the count', () => {
    const sector = text(renderSector(block('left_b=3\nx=1\nleft_b=3\n'), armed));
    expect(sector.match(/left_b=/g)).toHaveLength(1);
  });

  it('lets an existing saved_entry follow the order', () => {
    expect(text(renderSector(block('saved_entry=A\n'), armed))).toContain('saved_entry=B\n');
    expect(text(renderSector(block('saved_entry=A\n'), steady))).toContain('saved_entry=A\n');
    expect(text(renderSector(block('saved_entry=Other\n'), armed))).toContain(
      'saved_entry=Other\n',
    );
  });

  it('refuses to write when foreign variables leave no room', () => {
    const full = block(`x=${'y'.repeat(450)}\n`);
    expect(() => renderSector(full, steady)).toThrow(KubeosError);
    expect(() => writeBootVars(full, steady)).toThrow(/leave no room/);
    expect(() => renderSector(block(`x=${'y'.repeat(340)}\n`), steady)).not.toThrow();
  });

  it('writes one sector into a sound block and replaces any other', () => {
    expect(writeBootVars(newBlock(steady), armed)).toEqual({
      kind: 'sector',
      bytes: renderSector(undefined, armed),
    });
    for (const odd of [undefined, block('', 512), block('').with(1000, 0), new Uint8Array(1024)]) {
      expect(writeBootVars(odd, armed)).toEqual({ kind: 'replace', bytes: newBlock(armed) });
    }
  });
});

describe('reading a block', () => {
  it.each([
    ['no file', undefined, 'missing'],
    ['an empty file', new Uint8Array(), 'noSignature'],
    ['zeros', new Uint8Array(1024), 'noSignature'],
    ['a header only', block(''), 'noGoodSlot'],
    ['a default that is no slot', block('good=C\nsaved_entry=X\n'), 'noGoodSlot'],
  ])('finds %s unreadable', (_name, bytes, reason) => {
    expect(parseBootBlock(bytes)).toEqual({ kind: 'unreadable', reason });
  });

  it('recognises the block of upstream', () => {
    expect(parseBootBlock(block('saved_entry=B\n'))).toEqual({ kind: 'upstream', savedEntry: 'B' });
    expect(upstreamEntry(block('saved_entry=B\n'))).toBe('B');
    expect(upstreamEntry(newBlock(steady))).toBeUndefined();
    expect(upstreamEntry(undefined)).toBeUndefined();
    expect(upstreamEntry(new Uint8Array(3))).toBeUndefined();
  });

  it.each([
    ['nothing but the default', 'good=A\n', steady],
    ['a state that is no state', 'good=A\nslot_b=odd\n', steady],
    ['a default marked empty', 'good=A\nslot_a=empty\n', steady],
    ['attempts without a trial', 'good=A\norder=B A\nleft_b=3\n', steady],
    ['a sequence number that is none', 'good=A\nseq=-4\n', steady],
  ])('gives %s its safe meaning', (_name, content, vars: BootVars) => {
    expect(parseBootBlock(block(content))).toEqual({ kind: 'ok', vars: { ...vars, seq: 0 } });
  });

  it('compares with and without the attempts', () => {
    const counted: BootVars = { ...armed, left: { A: 0, B: 2 } };
    expect(sameVars(armed, counted, 'left')).toBe(true);
    expect(sameVars(armed, counted, 'exact')).toBe(false);
    expect(sameVars(armed, steady, 'left')).toBe(false);
  });
});

describe('rebuilding the variables', () => {
  it.each<BootWhy>(['good', 'trial', 'fallback', 'lastresort', 'manual', 'unknown'])(
    'takes the recorded result after a boot for the reason %s',
    (why) => {
      expect(rebuiltVars('A', armed, why)).toEqual(armed);
    },
  );

  it('goes on with a recorded trial', () => {
    expect(rebuiltVars('B', armed, 'trial')).toEqual(armed);
  });

  it('keeps the confirmed slot although another one runs as a last resort', () => {
    expect(rebuiltVars('A', confirmedB, 'lastresort')).toEqual(confirmedB);
  });

  it('gives a default up that the boot loader could not load', () => {
    expect(rebuiltVars('B', armed, 'lastresort')).toEqual(freshVars('B', 7));
  });

  it.each<[BootWhy, BootVars]>([
    ['good', freshVars('B', 7)],
    ['trial', freshVars('B', 7)],
    ['fallback', freshVars('B', 7)],
    ['unknown', freshVars('B', 7)],
    ['manual', steady],
  ])('weighs a record by which the running slot cannot boot, booted for %s', (why, vars) => {
    expect(rebuiltVars('B', steady, why)).toEqual(vars);
  });

  it('knows only the booted slot without a record', () => {
    expect(rebuiltVars('B', undefined, 'good')).toEqual(freshVars('B', 0));
  });
});
