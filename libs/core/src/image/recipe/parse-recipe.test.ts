import { describe, expect, it } from '@jest/globals';
import { fullRecipe, issuesBehind, issuesOf, leastRecipe, recipeOf } from './recipe.fixture.ts';
import type { Recipe } from './recipe.ts';

function valuesOf(text: string): Omit<Recipe, 'places'> {
  const { places: _, ...values } = recipeOf(text);
  return values;
}

describe('a recipe', () => {
  it('is read whole', () => {
    expect(valuesOf(fullRecipe)).toEqual({
      fromRepo: {
        version: '1.2.0',
        repoPath: 'debian.sources',
        packageManager: 'apt',
        agentPath: '/opt/kubeos/agent.cjs',
        rootPasswd: '$6$saltsalt$rootHashOfTheTest',
        packages: ['linux-image-amd64', 'systemd'],
        legacyBios: true,
        upgradeImg: 'registry.example:5000/kubeos/node:1.2.0',
      },
      users: [
        {
          name: 'ops',
          passwd: 'opsSecretOfTheTest',
          primaryGroup: 'users',
          groups: ['adm', 'systemd-journal'],
        },
        { name: 'guest', passwd: 'guest"Secret\\OfTheTest', groups: [] },
      ],
      copyFiles: [
        { src: 'files/motd', dst: '/etc/motd' },
        {
          src: 'files/units',
          dst: '/usr/lib/systemd/system/',
          createDir: '/usr/lib/systemd/system',
        },
      ],
      grub: { passwd: 'grubSecretOfTheTest' },
      systemdServices: ['kubelet.service', 'containerd.service', 'serial-getty@ttyS0.service'],
      chrootScript: { path: 'scripts/last.sh', rm: true },
      diskPartition: { rootMib: 3000, imgSizeGib: 30 },
      persistMkdir: ['log', 'data/db'],
    });
  });

  it('needs one table only', () => {
    expect(valuesOf(leastRecipe)).toEqual({
      fromRepo: {
        version: '1',
        repoPath: 'kubeos.repo',
        packageManager: 'dnf',
        agentPath: 'agent.cjs',
        rootPasswd: '*',
        packages: [],
        legacyBios: false,
      },
      users: [],
      copyFiles: [],
      systemdServices: [],
      diskPartition: { rootMib: 2560, imgSizeGib: 20 },
      persistMkdir: [],
    });
  });

  it('may hold tables of images that this version does not build', () => {
    const pxe = `[pxe_config]
rootfs_name = "kubeos.tar"
disk = "/dev/sda"
server_ip = "192.168.1.50"
route_ip = "192.168.1.1"
local_ip = "192.168.1.100"
net_name = "eth0"
netmask = "255.255.255.0"
[admin_container]
img_name = "kubeos-admin:1"
hostshell = "bin/hostshell"
[grub]
passwd = "g"
[dm_verity]
efi_key = "e"
grub_key = "k"
keys_dir = "keys"
`;
    expect(valuesOf(leastRecipe + pxe)).toMatchObject({
      pxeConfig: {
        rootfsName: 'kubeos.tar',
        disk: '/dev/sda',
        serverIp: '192.168.1.50',
        routeIp: '192.168.1.1',
        static: { localIp: '192.168.1.100', netName: 'eth0', netmask: '255.255.255.0' },
      },
      adminContainer: { imgName: 'kubeos-admin:1', hostshell: 'bin/hostshell' },
      dmVerity: { efiKey: 'e', grubKey: 'k', keysDir: 'keys' },
    });
    const dhcp = pxe.replace(/local_ip[^[]*/u, 'dhcp = true\n').replace(/keys_dir.*\n/u, '');
    const { pxeConfig, dmVerity } = valuesOf(leastRecipe + dhcp);
    expect(pxeConfig).not.toHaveProperty('static');
    expect(dmVerity).toEqual({ efiKey: 'e', grubKey: 'k' });
  });

  it('may be written in any way that TOML has', () => {
    const text = `\uFEFFfrom_repo = { version = '1', repo_path = """a.list""", agent_path = "b", "root_passwd" = "!",\r
  rpmlist = ["c"], arch = "x86_64", image_type = "vm-img" }\r
users = [{ name = "d", passwd = "e" }]\r
disk_partition.root = 0x400\r
`;
    expect(valuesOf(text)).toMatchObject({
      fromRepo: { packageManager: 'apt', arch: 'amd64', imageType: 'vm-img', packages: ['c'] },
      users: [{ name: 'd' }],
      diskPartition: { rootMib: 1024, imgSizeGib: 20 },
    });
  });

  it('says where each key is', () => {
    const { places } = recipeOf(fullRecipe);
    expect(places.get('from_repo')).toEqual({ line: 2, column: 2 });
    expect(places.get('from_repo.repo_path')).toEqual({ line: 4, column: 1 });
    expect(places.get('from_repo.rpmlist[1]')).toEqual({ line: 11, column: 3 });
    expect(places.get('users[1].name')).toEqual({ line: 21, column: 1 });
    expect(places.get('copy_files[1].src')).toEqual({ line: 29, column: 1 });
  });
});

describe('mistakes of a recipe', () => {
  it('are all found at once, in the order of the file', () => {
    const text = `version = "1"
[from_repo]
version = "1"
version = "2"
repo_path = 3
rpmlist = ["a", "-b"]
zzz = 1
root_passwd = "*"
[[users]]
name = "a"
passwd = ""
[[users]]
name = "a"
[from_rep]
`;
    expect(issuesOf(text)).toEqual([
      '1:1 version: Unknown at the top of the file; expected it in [from_repo]',
      '2:2 from_repo.agent_path: Missing key; expected a text that is not empty and has none of | ; & > < , # ! $',
      '4:1 from_repo.version: Expected no second definition of this',
      '5:13 from_repo.repo_path: Expected a file named .repo (dnf), .sources or .list (apt), its path without | ; & > < , # ! $',
      '6:17 from_repo.rpmlist[1]: Expected the name of a package',
      '7:1 from_repo.zzz: Unknown key; expected one of version, repo_path, agent_path, root_passwd, rpmlist, legacy_bios, upgrade_img, image_type, arch',
      '11:10 users[0].passwd: Expected a text on one line that is not empty, of at most 256 bytes',
      '12:3 users[1].passwd: Missing key; expected a text on one line that is not empty, of at most 256 bytes',
      '13:8 users[1].name: Expected a name that no user before has',
      '14:2 from_rep: Unknown table; did you mean "from_repo"?',
    ]);
  });

  it('B-66: unknown keys are errors, and say which key may be meant', () => {
    expect(issuesBehind('[[users]]\nname = "a"\npasswd = "b"\nprimary_groups = "c"\n')).toEqual([
      '10:1 users[0].primary_groups: Unknown key; did you mean "primary_group"?',
    ]);
    expect(issuesBehind('[grub]\npasswd = "a"\nimg_size = 1\n')).toEqual([
      '9:1 grub.img_size: Unknown key of [grub]; expected it in [disk_partition]',
    ]);
    expect(issuesBehind('[[grub]]\n')).toEqual(['7:3 grub: Expected a table']);
    expect(issuesBehind('[something]\n')).toEqual([
      expect.stringMatching(/^7:2 something: Unknown table; expected one of from_repo, users,/u),
    ]);
    expect(issuesBehind('name = "a"\n')).toEqual([
      expect.stringMatching(/^7:1 from_repo.name: .*in \[users\] or \[systemd_service\]/u),
    ]);
    expect(issuesBehind('__proto__ = 1\nconstructor.a = 1\n')).toEqual([
      expect.stringMatching(/^7:1 from_repo.__proto__: Unknown key/u),
      expect.stringMatching(/^8:1 from_repo.constructor: Unknown key/u),
    ]);
  });

  it.each([
    ['a key', '[grub]\npasswd = "a"\npasswd = "b"\n', ['9:1 grub.passwd']],
    ['a key three times', 'dd = 1\ndd = 1\ndd = 1\n', ['8:1 from_repo.dd', '9:1 from_repo.dd']],
    ['a table', '[grub]\npasswd = "a"\n[grub]\n', ['9:2 grub']],
    ['a table with the rest of it', '[grub]\n[grub]\npasswd = "a"\n', ['8:2 grub']],
    ['a table for an array', '[[users]]\nname = "a"\npasswd = "b"\n[users]\n', ['10:2 users']],
    ['an array for a table', '[grub]\npasswd = "a"\n[[grub]]\n', ['9:3 grub']],
    ['an array for a list', '[z]\nusers = []\n[[z.users]]\n', ['9:5 z.users']],
    ['a value as a table', '[z]\nname.a = 1\nname = 2\n', ['9:1 z.name']],
    ['a value as an outer table', '[z]\nname = 2\n[z.name.x]\n', ['9:4 z.name.x']],
    ['an inline key', 'zz = { aa = 1, aa = 2 }\n', ['7:16 aa']],
    ['a quoted key', '[grub]\npasswd = "a"\n"passwd" = "b"\n', ['9:1 ']],
  ])('include %s that is defined twice', (_, lines, expected) => {
    const twice = issuesBehind(lines).filter((issue) => issue.includes('no second definition'));
    expect(twice).toEqual(
      expected.map((place) => `${place}: Expected no second definition of this`),
    );
  });

  it('are found up to a number where keys are defined twice', () => {
    expect(issuesBehind(`abc = 1\n`.repeat(40))).toHaveLength(21);
    expect(issuesBehind(`a = 1\n`.repeat(40)).length).toBeGreaterThan(9);
  });

  it.each([
    ['[grub]\npasswd = "abc\n', '8:14 : Expected valid TOML: Unterminated string constant'],
    ['[grub]\npasswd = hunter2\n', '8:10 : Expected valid TOML: Unexpected character'],
    ['[grub]\npasswd "a"\n', '8:8 : Expected valid TOML: Expected equal (=) token'],
    ['[grub\n', '8:1 : Expected valid TOML: Unterminated table-key'],
    ['[grub]\npasswd = "\\uD800"\n', '8:16 : Expected valid TOML: Invalid code point'],
    ['[grub]\rpasswd = "a"\n', '7:7 : Expected a line feed behind every carriage return'],
    [
      `x = ${'['.repeat(99_999)}${']'.repeat(99_999)}`,
      '1:1 : Expected values of an ordinary size and depth',
    ],
    ['#'.repeat(262_144), '1:1 : Expected at most 262144 characters'],
    [
      '[grub]\npasswd = 0',
      '8:10 grub.passwd: Expected a text on one line that is not empty, or a whole hash as grub-mkpasswd-pbkdf2 prints it',
    ],
  ])('in TOML have a place: %#', (lines, expected) => {
    expect(issuesBehind(lines)).toEqual([expected]);
  });

  it('do not depend on how deep a value is', () => {
    const deep = `[grub]\npasswd = ${'['.repeat(30)}${']'.repeat(30)}\nx${'.x'.repeat(30_000)} = 1\n`;
    expect(issuesBehind(deep)).toEqual([
      '8:1 grub.passwd: Expected a text on one line that is not empty, or a whole hash as grub-mkpasswd-pbkdf2 prints it',
      '9:1 grub.x: Unknown key; expected one of passwd',
    ]);
  });

  it('have a path that can be printed', () => {
    expect(issuesBehind(`"a\\u001B[2J\\u009B \\u202E" = 1\n${'b'.repeat(200)} = 1\n`)).toEqual([
      expect.stringMatching(/^7:1 from_repo."a\\u001b\[2J\\u\{9b\} \\u\{202e\}": /u),
      expect.stringMatching(/^8:1 from_repo.b{80}\.\.\.: /u),
    ]);
  });

  it('are no reason to call an empty file valid', () => {
    expect(issuesOf('')).toEqual(['1:1 from_repo: Missing table; expected [from_repo]']);
  });
});
