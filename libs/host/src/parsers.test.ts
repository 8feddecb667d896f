import { describe, expect, it } from '@jest/globals';
import { deviceNumber } from './block-devices.ts';
import { parseKernelCommandLine } from './kernel-command-line.ts';
import { parseMountInfo, rootDevice } from './mount-info.ts';
import { parseOsRelease, prettyName } from './os-release.ts';

describe('parseOsRelease', () => {
  it.each([
    ['NAME=plain', 'plain'],
    ['NAME="with blanks"', 'with blanks'],
    ['NAME=\'a "b" \\c\'', 'a "b" \\c'],
    ['NAME="a \\"b\\" \\$c \\`d\\` \\\\ \\e"', 'a "b" $c `d` \\ \\e'],
    ['NAME=a\\ b', 'a b'],
    ['NAME=', ''],
    ['NAME=""', ''],
    ['NAME=first\nNAME=last', 'last'],
    ['# NAME=comment\nNAME=x\n', 'x'],
    ['not an assignment\nNAME=x', 'x'],
  ])('reads %j', (text, value) => {
    expect(parseOsRelease(text).get('NAME')).toBe(value);
  });

  it('takes the documented default for a system without PRETTY_NAME', () => {
    expect(prettyName('ID=x')).toBe('Linux');
    expect(prettyName('PRETTY_NAME="KubeOS 2.0 (LTS)"')).toBe('KubeOS 2.0 (LTS)');
  });
});

describe('parseMountInfo', () => {
  const text = [
    '22 1 0:21 / / rw,relatime - rootfs rootfs rw',
    '23 22 259:2 / / ro,relatime shared:1 master:2 - ext4 /dev/root ro',
    '24 23 0:5 / /with\\040blank rw - tmpfs tmpfs rw',
    'broken line',
    '',
  ].join('\n');

  it('reads device, mount point and type, whatever optional fields there are', () => {
    expect(parseMountInfo(text)[2]).toEqual({
      device: '0:5',
      mountPoint: '/with blank',
      fileSystem: 'tmpfs',
    });
    expect(parseMountInfo(text)).toHaveLength(3);
  });

  it('sees the topmost root', () => {
    expect(rootDevice(parseMountInfo(text))).toBe('259:2');
    expect(rootDevice([])).toBeUndefined();
  });
});

describe('parseKernelCommandLine', () => {
  it.each([
    ['quiet kubeos.slot=A kubeos.why=trial', { slot: 'A', why: 'trial' }],
    ['kubeos.slot=A kubeos.slot=B kubeos.why=good\n', { slot: 'B', why: 'good' }],
    ['kubeos.slot=C kubeos.why=nonsense', { why: 'unknown' }],
    ['xkubeos.slot=A', { why: 'unknown' }],
    ['', { why: 'unknown' }],
  ])('reads %j', (text, choice) => {
    expect(parseKernelCommandLine(text)).toEqual(choice);
  });
});

describe('deviceNumber', () => {
  it.each([
    [0x0801n, '8:1'],
    // 259:2 and 259:300, as the C library packs them: major in bits 8-19, minor in bits 0-7 and 20-31.
    [0x10302n, '259:2'],
    [0x11032cn, '259:300'],
  ])('splits %s', (rdev, number) => {
    expect(deviceNumber(rdev)).toBe(number);
  });
});
