import { describe, expect, it } from '@jest/globals';
import { fileOf } from './locate.ts';
import type { ModelName } from './models.ts';

const paths = { bootMenu: '/boot/efi/EFI/openEuler/grub.cfg', folders: {} };

describe('the file of an entry', () => {
  it.each<[ModelName, string | undefined]>([
    ['kernel.sysctl', undefined],
    ['kernel.sysctl.persist', '/etc/sysctl.conf'],
    ['grub.cmdline.current', '/boot/efi/EFI/openEuler/grub.cfg'],
    ['grub.cmdline.next', '/boot/efi/EFI/openEuler/grub.cfg'],
    ['kubernetes.kubelet', '/var/lib/kubelet/config.yaml'],
    ['container.containerd', '/etc/containerd/config.toml'],
    ['pam.limits', '/etc/security/limits.conf'],
  ])('B-47: is, for %s, %s', (model, path) => {
    expect(fileOf({ model }, paths)).toBe(path);
  });

  it.each<[ModelName, string]>([
    ['kernel.sysctl.persist', '/etc/persist.conf'],
    ['kernel.sysctl.persist', '/etc/sysctl.d/10-node.conf'],
    ['kubernetes.kubelet', '/etc/kubernetes/kubelet.conf'],
    ['pam.limits', '/etc/security/limits.d/web.conf'],
  ])('may be, for %s, %s', (model, path) => {
    expect(fileOf({ model, path }, paths)).toBe(path);
  });

  it.each<[ModelName, string]>([
    ['kernel.sysctl.persist', '/etc/shadow'],
    ['kernel.sysctl.persist', '/etc/sysctl.d/../shadow.conf'],
    ['kernel.sysctl.persist', '/etc/ld.so.conf.d/x.conf'],
    ['kernel.sysctl.persist', 'sysctl.conf'],
    ['kernel.sysctl.persist', '/etc/sysctl.d/'],
    ['kubernetes.kubelet', '/var/lib/kubelet/..'],
    ['kubernetes.kubelet', '/var/lib/kubelet/pods/x/config.yaml'],
    ['container.containerd', '/etc/containerd/config.toml\0'],
    ['pam.limits', '//etc/security/limits.conf'],
  ])('B-53: must not be, for %s, %s', (model, path) => {
    expect(() => fileOf({ model, path }, paths)).toThrow(
      expect.objectContaining({ code: 'SETTINGS_REFUSED' }),
    );
  });

  it('lies in the folders that the node allows', () => {
    const folders = { 'kubernetes.kubelet': ['/srv/kubelet'] } as const;
    const path = '/srv/kubelet/config.yaml';
    expect(fileOf({ model: 'kubernetes.kubelet', path }, { ...paths, folders })).toBe(path);
    expect(() => fileOf({ model: 'kubernetes.kubelet' }, { ...paths, folders })).toThrow(
      'directly in',
    );
  });
});
