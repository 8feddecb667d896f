import { describe, expect, it } from '@jest/globals';
import { closestName } from './closest.ts';

describe('the closest name', () => {
  const names = ['version', 'primary_group', 'groups', 'rm', 'root', 'img_size', 'dhcp'];

  it.each([
    ['primary_groups', 'primary_group'],
    ['primary-group', 'primary_group'],
    ['Version', 'version'],
    ['vresion', 'version'],
    ['versoin', 'version'],
    ['rom', 'rm'],
    ['mr', 'rm'],
    ['imgsize', 'img_size'],
    ['group', 'groups'],
    ['roots', 'root'],
    ['something', undefined],
    ['dns', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('to %s is %s', (name, expected) => {
    expect(closestName(name, names)).toBe(expected);
  });

  it('is the first of those that are as near', () => {
    expect(closestName('ab', ['ac', 'ad'])).toBe('ac');
    expect(closestName('ab', ['ac', 'ab'])).toBe('ab');
  });
});
