import { describe, expect, it } from '@jest/globals';
import { osReleaseText } from './os-release.ts';

describe('os-release', () => {
  it("is upstream's", () => {
    expect(osReleaseText('1.2.0')).toBe(
      'NAME="KubeOS"\nID=kubeos\nPRETTY_NAME="KubeOS 1.2.0"\nVERSION_ID=1.2.0\n',
    );
  });

  it.each([
    ['ID=debian\n', 'debian'],
    ['NAME="openEuler"\nID="openEuler"\nID_LIKE=rhel\n', 'rhel'],
    ["ID='ubuntu'\r\nID_LIKE='debian'\r\n", 'ubuntu debian'],
    ['ID=a\nID=rocky\nID_LIKE="rhel centos rocky  fedora"', 'rocky rhel centos fedora'],
    ['ID=kubeos\nID_LIKE="kubeos debian"\n', 'debian'],
    ['ID=$(x)\nID_LIKE="a\'"\n', undefined],
    ['', undefined],
  ])('keeps the family of %j', (base, like) => {
    const line = osReleaseText('1', base)
      .split('\n')
      .find((text) => text.startsWith('ID_LIKE='));
    expect(line).toBe(like && `ID_LIKE="${like}"`);
  });

  it.each([
    ['1.0 rc1', 'PRETTY_NAME="KubeOS 1.0 rc1"\nVERSION_ID="1.0 rc1"\n'],
    ['$a`b"c\\d', 'PRETTY_NAME="KubeOS \\$a\\`b\\"c\\\\d"\nVERSION_ID="\\$a\\`b\\"c\\\\d"\n'],
    ['1.0-2+b~1', 'PRETTY_NAME="KubeOS 1.0-2+b~1"\nVERSION_ID=1.0-2+b~1\n'],
  ])('quotes the version %j', (version, end) => {
    expect(osReleaseText(version)).toBe(`NAME="KubeOS"\nID=kubeos\n${end}`);
  });
});
