import { open } from 'node:fs/promises';

/**
 * A system of one boot sector, with a number in memory: it says `ready`, and then takes letters over the serial port.
 *
 *   `+`  counts on             `s`  saves the number to the disk's second sector     `l`  loads it from there
 *   `p`  switches off (ACPI)   `r`  resets the machine (keyboard controller)
 *
 * It answers `+`, `s` and `l` with the number.
 */
const code = [
  // Segments, stack; the number and the end of its line at 0x8000.
  ...['31c0', '8ed8', '8ed0', 'bc007c', 'fb', 'c7060080300a'],
  // Says what lies behind the program.
  ...['be767c', 'eb3b'],
  // Waits for a letter: port 0x3fd says whether one is there, 0x3f8 gives it.
  ...['f4', 'bafd03', 'ec', 'a801', '74f7', 'baf803', 'ec'],
  // `l` and `s`: functions 0x42 and 0x43 of the BIOS.
  ...['b90042', '3c6c', '7432', 'b90043', '3c73', '742b'],
  // `+`, `p`, `r`; all others are passed over.
  ...['3c2b', '7415', '3c70', '7409', '3c72', '75d9', 'b0fe', 'e664', 'f4'],
  // Power off: PM1a control of q35 as SeaBIOS places it.
  ...['ba0406', 'b80020', 'ef', 'f4'],
  // Counts on.
  ...['fe060080'],
  // Says the number, or any text.
  ...['be0080', 'baf803', 'ac', '84c0', '74bd', 'ee', 'ebf5'],
  // Reads or writes the sector of the number.
  ...['89c8', 'b280', 'be667c', 'cd13', 'ebe7'],
  ...['1000', '0100', '00800000', '0100000000000000'],
];
const text = 'ready\r\n\0';
const sectorBytes = 512;

/** Writes a disk with that system, 1 MiB. */
export async function writeTinyDisk(file: string): Promise<void> {
  const sector = Buffer.alloc(sectorBytes);
  const program = Buffer.from(code.join(''), 'hex');
  program.copy(sector);
  sector.write(text, program.length, 'latin1');
  sector.writeUInt16LE(0xaa55, sectorBytes - 2);
  const disk = await open(file, 'w');
  try {
    await disk.write(sector, 0, sectorBytes, 0);
    await disk.write(Buffer.from('0\n'), 0, 2, sectorBytes);
    await disk.truncate(1024 * 1024);
  } finally {
    await disk.close();
  }
}
