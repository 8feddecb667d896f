import { describe, expect, it } from '@jest/globals';
import {
  envVariable,
  envVariables,
  readEnvLines,
  renderEnvLines,
  setEnvVariable,
} from './env-block.ts';

const header = '# GRUB Environment Block\n';
const block = (text: string, size = 1024): Uint8Array =>
  Uint8Array.from((header + text).padEnd(size, '#'), (character) => character.charCodeAt(0));
const text = (bytes: Uint8Array | undefined): string =>
  Array.from(bytes ?? [], (byte) => String.fromCharCode(byte)).join('');
const valuesOf = (bytes: Uint8Array): Record<string, string> =>
  Object.fromEntries(envVariables(readEnvLines(bytes) ?? []));

describe('the environment block', () => {
  it('renders header, lines and padding to the byte', () => {
    const rendered = renderEnvLines([envVariable('good', 'A'), envVariable('seq', '1')], 64);
    expect(text(rendered)).toBe(`${header}good=A\nseq=1\n${'#'.repeat(26)}`);
  });

  it('escapes backslash and newline as grub-editenv does', () => {
    expect(envVariable('path', 'a\\b\nc').raw).toBe('path=a\\\\b\\\nc');
  });

  it('reads back what was escaped', () => {
    const bytes = renderEnvLines([envVariable('path', 'a\\b\nc'), envVariable('next', '1')], 128);
    expect(valuesOf(bytes ?? new Uint8Array())).toEqual({ path: 'a\\b\nc', next: '1' });
  });

  it('keeps comments and takes the last of two equal names', () => {
    const bytes = block('# WARNING: Do not edit!!!\nx=1\ny=\nx=2\n');
    expect(valuesOf(bytes)).toEqual({ x: '2', y: '' });
    expect(readEnvLines(bytes)?.[0]).toEqual({ kind: 'comment', raw: '# WARNING: Do not edit!!!' });
  });

  it.each([
    ['a line without an end', 'x=1\nhalf=2', 'x'],
    ['a line without an equals sign at the end', 'x=1\nhalf', 'x'],
    ['an escape at the very end', 'x=1\ny=\\', 'x'],
  ])('stops at %s', (_name, content, last) => {
    const bytes = Uint8Array.from(header + content, (character) => character.charCodeAt(0));
    expect(Object.keys(valuesOf(bytes))).toEqual([last]);
  });

  it('lets a name run past a newline, as GRUB does', () => {
    expect(valuesOf(block('stray\nx=1\n'))).toEqual({ 'stray\nx': '1' });
  });

  it('is not a block without the signature', () => {
    expect(readEnvLines(new Uint8Array(1024))).toBeUndefined();
    expect(setEnvVariable(new Uint8Array(1024), 'x', '1')).toBeUndefined();
  });

  it('does not fit into too few bytes', () => {
    expect(renderEnvLines([envVariable('x', '1')], 28)).toBeUndefined();
    expect(renderEnvLines([envVariable('x', '1')], 29)).toBeDefined();
  });
});

describe('save_env', () => {
  it('replaces the first line of the name in place', () => {
    const saved = setEnvVariable(block('a=1\nx=1\nb=2\nx=5\n'), 'x', '7');
    expect(text(saved)).toBe(text(block('a=1\nx=7\nb=2\nx=5\n')));
  });

  it('appends a new name', () => {
    expect(text(setEnvVariable(block('a=1\n'), 'x', '7'))).toBe(text(block('a=1\nx=7\n')));
  });

  it('refuses a block whose end is broken or full', () => {
    const broken = block('a=1\n').with(1023, 0);
    expect(setEnvVariable(broken, 'a', '2')).toBeUndefined();
    expect(setEnvVariable(block('a=1\n', 29), 'b', '2')).toBeUndefined();
  });
});
