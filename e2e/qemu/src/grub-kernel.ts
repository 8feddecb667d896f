/**
 * A kernel of a few bytes: it prints its command line on the serial port and ends the machine. It is what a boot loader
 * takes for Linux on x86 (kernel documentation, `arch/x86/boot`), by the 32-bit entry.
 */

/** Exit status of QEMU after this kernel ran: the device `isa-debug-exit` gives `2 * value + 1`. */
export const kernelExitCode = 0x63;

const setupSectors = 4;
const sectorBytes = 512;
const loadAddress = 0x10_0000;

/** Entered with the address of the boot parameters in ESI. */
const code = Buffer.from(
  [
    // mov ebx, [esi + 0x228]: the command line
    '8b9e28020000',
    // next: mov cl, [ebx]; inc ebx; test cl, cl; jz done
    '8a0b4384c97412',
    // wait: mov dx, 0x3fd; in al, dx; test al, 0x20; jz wait
    '66bafd03eca82074f7',
    // mov dx, 0x3f8; mov al, cl; out dx, al; jmp next
    '66baf80388c8eeebe7',
    // done: mov al, 10; out dx, al; mov al, 0x31; out 0xf4, al
    'b00aeeb031e6f4',
    // stay: hlt; jmp stay
    'f4ebfd',
  ].join(''),
  'hex',
);

/** Renders the file. */
export function renderKernel(): Buffer {
  const setup = Buffer.alloc((setupSectors + 1) * sectorBytes);
  setup.writeUInt8(setupSectors, 0x1f1);
  setup.writeUInt16LE(0xaa55, 0x1fe);
  // A jump over the header, by whose length its end is known.
  setup.write('\xeb\x66HdrS', 0x200, 'latin1');
  setup.writeUInt16LE(0x020c, 0x206);
  // Loaded high, at a place of its own, and relocatable.
  setup.writeUInt8(1, 0x211);
  setup.writeUInt32LE(loadAddress, 0x214);
  setup.writeUInt32LE(0x7fff_ffff, 0x22c);
  setup.writeUInt32LE(0x1000, 0x230);
  setup.writeUInt8(1, 0x234);
  setup.writeUInt8(12, 0x235);
  setup.writeUInt32LE(2047, 0x238);
  setup.writeBigUInt64LE(BigInt(loadAddress), 0x258);
  setup.writeUInt32LE(0x1_0000, 0x260);
  return Buffer.concat([setup, code, Buffer.alloc(4096 - code.length)]);
}
