import { describe, expect, it } from '@jest/globals';
import { renderCpio, type CpioEntry } from './cpio.ts';

const file = (text: string): CpioEntry => ({
  kind: 'file',
  bytes: Buffer.from(text),
  executable: false,
});

/** Name, mode, time and content of each record. */
function records(archive: Uint8Array): readonly (readonly [string, string, number, string])[] {
  const bytes = Buffer.from(archive);
  const found: [string, string, number, string][] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes.toString('latin1', at, at + 6)).toBe('070701');
    const header = at;
    const field = (index: number): number =>
      Number.parseInt(
        bytes.toString('latin1', header + 6 + index * 8, header + 14 + index * 8),
        16,
      );
    const name = bytes.toString('utf8', at + 110, at + 110 + field(11) - 1);
    const content = Math.ceil((at + 110 + field(11)) / 4) * 4;
    found.push([
      name,
      field(1).toString(8),
      field(5),
      bytes.toString('utf8', content, content + field(6)),
    ]);
    at = Math.ceil((content + field(6)) / 4) * 4;
  }
  return found;
}

describe('cpio archive', () => {
  it('holds folders before what is in them, sorted, of one time', () => {
    const entries = new Map<string, CpioEntry>([
      ['usr/bin/b', { kind: 'file', bytes: Buffer.from('program'), executable: true }],
      ['usr/bin/a', { kind: 'link', target: 'b' }],
      ['init', file('12345')],
      ['dev/console', { kind: 'characterDevice', major: 5, minor: 1 }],
    ]);
    expect(records(renderCpio(entries, 1_700_000_000))).toEqual([
      ['dev', '40755', 1_700_000_000, ''],
      ['dev/console', '20600', 1_700_000_000, ''],
      ['init', '100644', 1_700_000_000, '12345'],
      ['usr', '40755', 1_700_000_000, ''],
      ['usr/bin', '40755', 1_700_000_000, ''],
      ['usr/bin/a', '120777', 1_700_000_000, 'b'],
      ['usr/bin/b', '100755', 1_700_000_000, 'program'],
      ['TRAILER!!!', '0', 0, ''],
    ]);
  });

  it('is the same whatever the order of its entries', () => {
    const entries: [string, CpioEntry][] = [
      ['a', file('1')],
      ['b/c', file('22')],
    ];
    const turned = entries.toReversed();
    expect(renderCpio(new Map(turned), 1)).toEqual(renderCpio(new Map(entries), 1));
  });
});
