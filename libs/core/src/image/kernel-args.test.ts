import { describe, expect, it } from '@jest/globals';
import { renderImageArgs } from './kernel-args.ts';

describe('renderImageArgs', () => {
  it.each([
    ['amd64', 'ttyS0'],
    ['arm64', 'ttyAMA0'],
  ] as const)('names the serial console of %s last', (arch, port) => {
    expect(renderImageArgs(arch)).toContain(
      `\nset kubeos_image_args="console=tty0 console=${port},115200 nomodeset selinux=0"\n`,
    );
  });
});
