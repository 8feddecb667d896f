import { KubeosError } from '@kubeos/core';

/** Records of an extended header by keyword; the bytes of values are kept as they are. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/**
 * Reads the records of a pax extended header, `LENGTH KEYWORD=VALUE\n`, POSIX.1-2017 "pax Extended Header". Values may
 * hold any bytes, so that attributes survive. Throws `PAYLOAD_CORRUPT`.
 */
export function parsePax(bytes: Buffer): PaxRecords {
  const records = new Map<string, Buffer>();
  for (let start = 0; start < bytes.length;) {
    const blank = bytes.indexOf(0x20, start);
    const equals = bytes.indexOf(0x3d, blank);
    const digits = bytes.toString('latin1', start, Math.max(start, blank));
    const end = start + Number(digits);
    const whole = /^\d{1,9}$/u.test(digits) && equals > blank && end > equals;
    if (!whole || end > bytes.length || bytes[end - 1] !== 0x0a) {
      throw new KubeosError('PAYLOAD_CORRUPT', 'The archive has a broken extended header');
    }
    records.set(bytes.toString('latin1', blank + 1, equals), bytes.subarray(equals + 1, end - 1));
    start = end;
  }
  return records;
}

/** Renders records as an extended header. */
export function renderPax(records: PaxRecords): Buffer {
  const parts = Array.from(records, ([keyword, value]) => {
    const body = Buffer.concat([Buffer.from(` ${keyword}=`, 'latin1'), value, Buffer.from('\n')]);
    return Buffer.concat([Buffer.from(String(recordLength(body.length))), body]);
  });
  return Buffer.concat(parts);
}

// The length counts its own digits.
function recordLength(bodyLength: number): number {
  let length = bodyLength;
  while (length !== bodyLength + String(length).length) {
    length = bodyLength + String(length).length;
  }
  return length;
}
