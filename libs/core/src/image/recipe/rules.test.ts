import { describe, expect, it } from '@jest/globals';
import { issuesBehind, issuesOf, leastRecipe } from './recipe.fixture.ts';

/** The least recipe with another value for a key. */
const withValue = (key: string, value: string): string =>
  leastRecipe.replace(new RegExp(`^${key} = .*$`, 'mu'), () => `${key} = ${value}`);

describe('a value', () => {
  it.each([
    ['version', '"1.0.0"', '"v1.2 rc1"', '"1.0-2+b~1:2"'],
    ['repo_path', '"/etc/yum repos/a.repo"', '"x.sources"', '"../x.list"'],
    ['agent_path', '"a b"', '"/x/y"', '"../z"'],
    ['root_passwd', '"$6$salt$hashhash"', '"!"', '"$2b$10$abcdefgh./ABC"', '"$y$j9T$ab$cdefg"'],
    ['rpmlist', '["a"]', '["@core", "g++", "libc6:arm64", "vim=2:9.1~x", "python3*", "a/b"]', '[]'],
  ])('of %s may be what upstream takes', (key, ...values) => {
    for (const value of values) {
      expect(issuesOf(withValue(key, value))).toEqual([]);
    }
  });

  it.each([
    [
      'version',
      '""',
      '" 1"',
      '"1 "',
      '"a\\nb"',
      '"1;2"',
      "'a\"b'",
      "'a`b'",
      '"ü"',
      `"${'1'.repeat(249)}"`,
    ],
    ['repo_path', '""', '"x"', '"x.repo;"', '"$x.repo"', '"a\\n.repo"', '["x.repo"]', '1.5'],
    ['agent_path', '""', '"  "', '"a|b"', '"a&b"', '"a>b"', '"a,b"', '"a#b"', '"a!b"', 'true'],
    [
      'root_passwd',
      '""',
      '"plain"',
      '"$6$a:bcdefghi"',
      '"$6$abcdefgh\\n"',
      '"$6$abc def g h"',
      '7',
    ],
    ['rpmlist', '"a"', '[""]', '["-y"]', '["a b"]', '["a,b"]', '["a-"]', '[1]', '["$(x)"]', '{}'],
  ])('of %s is refused', (key, ...values) => {
    for (const value of values) {
      const issues = issuesOf(withValue(key, value));
      expect({ value, issues }).toEqual({
        value,
        issues: [expect.stringMatching(new RegExp(`^\\d:\\d+ from_repo.${key}[:[]`, 'u'))],
      });
    }
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['legacy_bios = ?', ['true', 'false'], ['"true"', '1', 'nan']],
    [
      'upgrade_img = ?',
      ['"a"', '"a:1"', '"r.io:5000/a/b:1.0_x"', `"a@sha256:${'0a'.repeat(32)}"`],
      ['""', '"a:"', '"/a"', '"a b"', '"a//b"', '"a;b"', `"a:1@sha256:${'0a'.repeat(32)}"`],
    ],
    ['arch = ?', ['"aarch64"', '"arm64"', '"x86_64"', '"amd64"'], ['"riscv64"', '1']],
    ['image_type = ?', ['"vm-img"', '"pxe-img"'], ['"iso"', 'true']],
    [
      '[[users]]\npasswd="p"\nname = ?',
      ['"a"', '"A_b-c.d1"', '"m$"'],
      [
        '""',
        '"root"',
        '"-a"',
        '"1"',
        '"a:b"',
        '"a b"',
        '"a/b"',
        '"a\\n"',
        '".a"',
        `"${'a'.repeat(33)}"`,
      ],
    ],
    [
      '[[users]]\nname="n"\npasswd = ?',
      ['"$6 ;#"', "'\"'", `"${'ü'.repeat(128)}"`],
      ['""', '" "', '"a\\nb"', '7', `"${'ü'.repeat(129)}"`],
    ],
    ['[[users]]\nname="n"\npasswd="p"\nprimary_group = ?', ['"wheel"'], ['""', '"a b"', '["a"]']],
    ['[[users]]\nname="n"\npasswd="p"\ngroups = ?', ['["adm", "sudo"]'], ['[]', '[""]', '"adm"']],
    [
      '[[copy_files]]\ndst="/x"\nsrc = ?',
      ['"a b"', '"/x;y"', '"$x"'],
      ['""', '" "', '"\\u0000"', '1'],
    ],
    [
      '[[copy_files]]\nsrc="x"\ndst = ?',
      ['"/"', '"/etc"', '"/etc/a b"', '"/usr/lib/"', '"/device"', '"/x/...a"'],
      [
        '""',
        '"etc"',
        '"/etc/../x"',
        '"/.."',
        '"//"',
        '"/a//b"',
        '"/a/./b"',
        '"/proc"',
        '"/dev/x"',
        '"/sys/"',
        '"/a\\nb"',
      ],
    ],
    ['[[copy_files]]\nsrc="x"\ndst="/y"\ncreate_dir = ?', ['"/y"'], ['""', '"y"', '"/y/.."']],
    [
      '[grub]\npasswd = ?',
      ['"x"', '"grub.pbkdf2.sha512.10000.AB.cd"'],
      [
        '""',
        '[]',
        '"grub.pbkdf2.sha512.10000.AB"',
        '"grub.pbkdf2.sha512.10000.AB.CD;halt"',
        '"grub.pbkdf2.sha256.1.AB.CD"',
      ],
    ],
    [
      '[systemd_service]\nname = ?',
      ['["sshd"]', '["a@b.service", "x.timer", "a-b_c:d.socket", "getty@"]', "['a\\x2db.mount']"],
      [
        '[]',
        '[""]',
        '["a b"]',
        '["a/b"]',
        '["@a"]',
        '["--now"]',
        '["a;b"]',
        '"a"',
        `["${'a'.repeat(248)}"]`,
      ],
    ],
    ['[chroot_script]\npath = ?', ['"x.sh"'], ['""', '1']],
    ['[chroot_script]\npath="x"\nrm = ?', ['true', 'false'], ['"yes"']],
    [
      '[disk_partition]\nroot = ?',
      ['1', '9000', '0x100'],
      ['0', '-1', '1.0', '4294967296', '"1"', '99999999999999999999'],
    ],
    ['[disk_partition]\nroot=1\nimg_size = ?', ['3', '4294967295'], ['0', '4294967296', '1e3']],
    [
      '[persist_mkdir]\nname = ?',
      ['["a"]', '["a/b", "c d"]'],
      ['[]', '[""]', '["/a"]', '["a/"]', '["../a"]', '["a/../b"]', '["."]', '["a\\nb"]'],
    ],
    ['[admin_container]\nhostshell="x"\nimg_name = ?', ['"a:1"'], ['""', '"a;b"']],
  ])('of %s has a rule', (line, good, bad) => {
    for (const value of good) {
      expect({ value, issues: issuesBehind(line.replace('?', () => value)) }).toEqual({
        value,
        issues: [],
      });
    }
    for (const value of bad) {
      const issues = issuesBehind(line.replace('?', () => value));
      expect({ value, issues }).toEqual({ value, issues: [expect.any(String)] });
    }
  });

  it('of an array of tables is one', () => {
    for (const value of ['{}', '1', '[1]', '[[]]', '[{ name = "a", passwd = "b" }, true]']) {
      expect(issuesOf(`users = ${value}\n${leastRecipe}`)).toEqual([
        expect.stringMatching(
          /^1:\d+ users(?:\[\d\])?: Expected an array of tables: \[\[users\]\]$/u,
        ),
      ]);
    }
    expect(issuesOf(`users = []\n${leastRecipe}`)).toEqual([]);
  });
});
