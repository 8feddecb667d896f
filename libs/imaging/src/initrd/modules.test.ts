import { describe, expect, it } from '@jest/globals';
import { chooseModules, type ModuleLists } from './modules.ts';

const lists: ModuleLists = {
  dependencies: `kernel/drivers/block/virtio_blk.ko.xz:
kernel/drivers/scsi/sd_mod.ko.xz: kernel/drivers/scsi/scsi_mod.ko.xz kernel/lib/t10.ko.xz
kernel/drivers/scsi/scsi_mod.ko.xz:
kernel/drivers/watchdog/softdog.ko.xz: kernel/drivers/watchdog/watchdog.ko.xz
kernel/drivers/watchdog/watchdog.ko.xz:
kernel/drivers/net/e1000.ko.xz:
kernel/fs/fat/vfat.ko.xz: kernel/fs/fat/fat.ko.xz
kernel/fs/fat/fat.ko.xz:
kernel/fs/nls/nls_cp437.ko.xz:
kernel/fs/nls/nls_cp950.ko.xz:
kernel/fs/overlayfs/overlay.ko.xz:
kernel/arch/x86/crypto/crc32c-intel.ko.xz:
kernel/crypto/sum.ko.xz:
kernel/lib/t10.ko.xz:
`,
  aliases: `# Aliases extracted from modules themselves.
alias virtio:d00000002v* virtio_blk
alias pci:v00008086d00001000sv*sd*bc*sc*i* e1000
alias fs-vfat vfat
alias crypto-sum sum
`,
  softDependencies: `# Soft dependencies extracted from modules themselves.
softdep overlay pre: crypto-sum post: nothing
softdep e1000 pre: fat
`,
  builtIn: 'kernel/fs/ext4/ext4.ko\n',
};

describe('choice of modules', () => {
  const choice = chooseModules('6.1.0', lists);

  it('takes families, what they depend on, and what they only wish for', () => {
    expect(choice.paths).toEqual([
      'kernel/arch/x86/crypto/crc32c-intel.ko.xz',
      'kernel/crypto/sum.ko.xz',
      'kernel/drivers/block/virtio_blk.ko.xz',
      'kernel/drivers/scsi/scsi_mod.ko.xz',
      'kernel/drivers/scsi/sd_mod.ko.xz',
      'kernel/drivers/watchdog/softdog.ko.xz',
      'kernel/drivers/watchdog/watchdog.ko.xz',
      'kernel/fs/fat/fat.ko.xz',
      'kernel/fs/fat/vfat.ko.xz',
      'kernel/fs/nls/nls_cp437.ko.xz',
      'kernel/fs/overlayfs/overlay.ko.xz',
      'kernel/lib/t10.ko.xz',
    ]);
  });

  it('lists them as they lie there unpacked, and no others', () => {
    expect(choice.dependencies).toContain(
      'kernel/drivers/scsi/sd_mod.ko: kernel/drivers/scsi/scsi_mod.ko kernel/lib/t10.ko\n',
    );
    expect(choice.aliases).toBe(
      'alias virtio:d00000002v* virtio_blk\nalias fs-vfat vfat\nalias crypto-sum sum\n',
    );
  });

  it.each([
    ['overlay', 'overlay (the file system of /etc)'],
    ['vfat', 'vfat (the file system of the boot partition)'],
    ['softdog', 'softdog (the watchdog of machines that have none)'],
  ])('refuses a kernel without %s', (name, message) => {
    const dependencies = lists.dependencies.replaceAll(`${name}.ko`, 'other.ko');
    expect(() => chooseModules('6.1.0', { ...lists, dependencies })).toThrow(
      expect.objectContaining({
        code: 'INVALID_CONFIGURATION',
        message: `Kernel 6.1.0 has no ${message}: add the package with its modules`,
      }),
    );
  });

  it('says all at once that a kernel lacks', () => {
    const empty = { dependencies: '', aliases: '', softDependencies: '', builtIn: '' };
    expect(() => chooseModules('6.1.0', empty)).toThrow(
      /no ext4 .*, no overlay .*, no vfat .*, no softdog .*, no driver for disks/u,
    );
  });
});
