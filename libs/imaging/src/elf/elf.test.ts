import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readElf } from './elf.ts';

const program = readFileSync(process.execPath);

describe('ELF reader', () => {
  it('finds the loader and the libraries of a program', () => {
    const { machine, interpreter, libraries } = readElf(program, 'node');
    expect(machine).toBe(`elf64-${process.arch === 'arm64' ? 183 : 62}`);
    expect(interpreter).toMatch(/^\/lib.*\/ld-linux-/u);
    expect(libraries).toContain('libc.so.6');
  });

  it.each([
    ['a script', Buffer.from('#!/bin/sh\n'.repeat(20)), 'is no program'],
    ['nothing', Buffer.alloc(0), 'is no program'],
    ['a 32-bit program', patched(4, 1), 'is no 64-bit program'],
    ['a program of the other byte order', patched(5, 2), 'is no 64-bit program'],
    ['a program that is cut off', program.subarray(0, 100), 'is cut off'],
    ['a program without its strings', program.subarray(0, 4096), 'is cut off'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readElf(bytes, '/bin/x')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: `/bin/x ${message}` }),
    );
  });
});

function patched(offset: number, value: number): Buffer {
  const bytes = Buffer.from(program.subarray(0, 4096));
  bytes[offset] = value;
  return bytes;
}
