import { describe, expect, it } from '@jest/globals';
import { grubPasswordHash } from './grub-password.ts';

describe('grubPasswordHash', () => {
  it('B-67: gives the hash that the menu holds instead of the password', () => {
    const hash = grubPasswordHash('secret', 'sha256:00');
    expect(hash).toMatch(/^grub\.pbkdf2\.sha512\.10000\.[0-9A-F]{128}\.[0-9A-F]{128}$/);
    expect(hash).not.toContain('secret');
  });

  it('gives the same hash for the same image, and another one for another image', () => {
    expect(grubPasswordHash('secret', 'one')).toBe(grubPasswordHash('secret', 'one'));
    const [one, other] = [grubPasswordHash('secret', 'one'), grubPasswordHash('secret', 'other')];
    expect(one.split('.')[4]).not.toBe(other.split('.')[4]);
    expect(one.split('.')[5]).not.toBe(other.split('.')[5]);
  });

  it('shows in the salt nothing of the password', () => {
    const salts = ['one', 'other'].map(
      (password) => grubPasswordHash(password, 'seed').split('.')[4],
    );
    expect(salts[0]).toBe(salts[1]);
  });

  it('B-67: takes a hash in place of a password', () => {
    const hash = 'grub.pbkdf2.sha512.10000.AB.CD';
    expect(grubPasswordHash(hash, 'seed')).toBe(hash);
  });
});
