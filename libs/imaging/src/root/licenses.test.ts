import { describe, expect, it } from '@jest/globals';
import { licenseOfCopyright, spdxExpression } from './licenses.ts';

describe('spdxExpression', () => {
  it.each([
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['Expat', 'MIT'],
    ['GPLv2+ and LGPLv2+', 'GPL-2.0-or-later AND LGPL-2.0-or-later'],
    ['GPL-2+ or BSD-3-Clause', 'GPL-2.0-or-later OR BSD-3-Clause'],
    ['MulanPSL-2.0', 'MulanPSL-2.0'],
    ['GPL-2.0-only', 'GPL-2.0-only'],
    ['GPL-3+ with OpenSSL exception', undefined],
    ['public-domain', undefined],
    ['MIT and custom', undefined],
    ['', undefined],
  ])('of %j is %s', (text, expected) => {
    expect(spdxExpression(text)).toBe(expected);
  });
});

describe('licenseOfCopyright', () => {
  const format = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n';
  it('takes what a file for machines says of all files', () => {
    const text = `${format}\nFiles: debian/*\nLicense: MIT\n\nFiles: *\nCopyright: somebody\nLicense: LGPL-2.1+\n Text\n`;
    expect(licenseOfCopyright(text)).toBe('LGPL-2.1-or-later');
  });

  it.each([
    ['a file for people', 'This program is under the GPL.\n'],
    ['a file without a word for all files', `${format}\nFiles: src/*\nLicense: MIT\n`],
    ['all files without a licence', `${format}\nFiles: *\nCopyright: somebody\n`],
    ['a licence without a certain meaning', `${format}\nFiles: *\nLicense: BSD-like\n`],
    ['nothing', ''],
  ])('says nothing for %s', (_, text) => {
    expect(licenseOfCopyright(text)).toBeUndefined();
  });
});
