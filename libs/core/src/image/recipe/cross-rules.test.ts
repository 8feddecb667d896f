import { describe, expect, it } from '@jest/globals';
import { issuesBehind, issuesOf, leastRecipe } from './recipe.fixture.ts';

describe('tables together', () => {
  const pxe =
    '[pxe_config]\nrootfs_name = "a"\ndisk = "b"\nserver_ip = "1.2.3.4"\nroute_ip = "1.2.3.4"\n';

  it('B-64: an interface without a name is a mistake, not a crash', () => {
    const address = 'local_ip = "1.2.3.4"\nnetmask = "255.0.0.0"\n';
    expect(issuesBehind(`${pxe}${address}`)).toEqual([
      '7:2 pxe_config.net_name: Missing key; expected it, or dhcp = true',
    ]);
    expect(issuesBehind(pxe)).toHaveLength(3);
    expect(issuesBehind(`${pxe}dhcp = true\n`)).toEqual([]);
    expect(issuesBehind(`${pxe}${address}net_name = "e"\ndhcp = true\n`)).toEqual([
      '12:12 pxe_config.local_ip: Expected no such key together with dhcp = true',
      '13:11 pxe_config.netmask: Expected no such key together with dhcp = true',
      '14:12 pxe_config.net_name: Expected no such key together with dhcp = true',
    ]);
  });

  it.each(['1.2.3', '1.2.3.4.5', '1.2.3.256', '1.2.3.x', ' 1.2.3.4', '1.2.3.0004', ''])(
    'have no address %j',
    (address) => {
      expect(issuesBehind(pxe.replace('1.2.3.4', address) + 'dhcp = true\n')).toEqual([
        '10:13 pxe_config.server_ip: Expected an IPv4 address, such as 192.168.1.10',
      ]);
    },
  );

  it('B-65: what the disk has to hold fits into it', () => {
    const disk = (root: number, size: number): readonly string[] =>
      issuesBehind(`[disk_partition]\nroot = ${root}\nimg_size = ${size}\n`);
    // 60 for the boot partition, twice the root, and 2100 more.
    expect(disk((20 * 1024 - 2160) / 2, 20)).toEqual([]);
    expect(disk((20 * 1024 - 2160) / 2 + 1, 20)).toEqual([
      '8:8 disk_partition.root: Expected a smaller root, or an img_size of at least 21 GiB: boot, two roots and 2100 MiB more have to fit',
    ]);
    expect(issuesBehind('[disk_partition]\nroot = 10000\n')).toHaveLength(1);
    const verity = '[grub]\npasswd = "a"\n[dm_verity]\nefi_key = "a"\ngrub_key = "b"\n';
    expect(issuesBehind(`[disk_partition]\nroot = 8696\nimg_size = 20\n${verity}`)).toEqual([]);
    expect(issuesBehind(`[disk_partition]\nroot = 8697\nimg_size = 20\n${verity}`)).toHaveLength(1);
  });

  it('say that a verified root needs a password and UEFI', () => {
    const verity = '[dm_verity]\nefi_key = "a"\ngrub_key = "b"\n';
    expect(issuesBehind(`legacy_bios = true\n${verity}`)).toEqual([
      '1:1 grub: Missing table; expected [grub] together with [dm_verity]',
      '7:15 from_repo.legacy_bios: Expected false together with [dm_verity], which needs UEFI',
    ]);
  });

  it('have one source', () => {
    const docker = '[from_dockerimg]\nupgrade_img = "a:1"\n';
    expect(issuesOf(docker)).toEqual([
      '1:2 from_dockerimg: Images of [from_dockerimg] are not built by this version; describe the image by [from_repo]',
    ]);
    expect(issuesBehind(docker)).toEqual([
      '7:2 from_dockerimg: Expected [from_repo] or [from_dockerimg] alone; images of [from_dockerimg] are not built by this version; describe the image by [from_repo]',
    ]);
    expect(issuesOf('[from_dockerimg]\nupgrade_img = 1\n')).toHaveLength(2);
  });

  it('have each user once, whatever else is wrong', () => {
    expect(
      issuesBehind('users = [{ name = "a" }, { name = 1 }, 7, { name = "a", passwd = "b" }]\n'),
    ).toEqual([expect.stringMatching(/^7:\d+ from_repo.users: Unknown key/u)]);
    const users = 'users = [{ name = "a" }, { name = 1 }, 7, { name = "a", passwd = "b" }]\n';
    expect(
      issuesOf(users + leastRecipe).filter((issue) => issue.includes('no user before')),
    ).toEqual(['1:52 users[3].name: Expected a name that no user before has']);
  });
});
