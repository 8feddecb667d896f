import { expect, it } from '@jest/globals';

import { readArguments } from './arguments.ts';

const plain = {
  kind: 'boot',
  firmware: 'uefi',
  memoryMib: 1024,
  isFresh: false,
  acceleration: 'tcg',
};

it.each([
  [[], plain],
  [['--uefi'], plain],
  [
    ['--bios', '--memory', '512', '--fresh'],
    { ...plain, firmware: 'bios', memoryMib: 512, isFresh: true },
  ],
  [['--image', 'a.img', '--kvm'], { ...plain, image: 'a.img', acceleration: 'kvm' }],
  [['-h'], { kind: 'help' }],
])('understands %j', (argv, request) => {
  expect(readArguments(argv)).toEqual(request);
});

it.each([
  [['--uefi', '--bios']],
  [['--memory', '1G']],
  [['--memory', '64']],
  [['--image', 'a.img', '--fresh']],
  [['--image']],
  [['now']],
  [['--no-such']],
])('refuses %j', (argv) => {
  expect(() => readArguments(argv)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
