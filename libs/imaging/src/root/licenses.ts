/** Reads licences of packages as SPDX expressions, as far as that can be done without guessing. */

/** Names of Debian and of rpm that SPDX writes otherwise, in lower case. */
const spdxNames: Readonly<Record<string, string>> = {
  'apache-2': 'Apache-2.0',
  'apache-2.0': 'Apache-2.0',
  'asl 2.0': 'Apache-2.0',
  'artistic-2': 'Artistic-2.0',
  'bsd-2-clause': 'BSD-2-Clause',
  'bsd-3-clause': 'BSD-3-Clause',
  'bsd-4-clause': 'BSD-4-Clause',
  'bsl-1.0': 'BSL-1.0',
  'cc0-1.0': 'CC0-1.0',
  expat: 'MIT',
  'gpl-1+': 'GPL-1.0-or-later',
  'gpl-2': 'GPL-2.0-only',
  'gpl-2+': 'GPL-2.0-or-later',
  'gpl-2.0+': 'GPL-2.0-or-later',
  gplv2: 'GPL-2.0-only',
  'gplv2+': 'GPL-2.0-or-later',
  'gpl-3': 'GPL-3.0-only',
  'gpl-3+': 'GPL-3.0-or-later',
  gplv3: 'GPL-3.0-only',
  'gplv3+': 'GPL-3.0-or-later',
  isc: 'ISC',
  'lgpl-2': 'LGPL-2.0-only',
  'lgpl-2+': 'LGPL-2.0-or-later',
  'lgplv2+': 'LGPL-2.0-or-later',
  'lgpl-2.1': 'LGPL-2.1-only',
  'lgpl-2.1+': 'LGPL-2.1-or-later',
  'lgplv2.1+': 'LGPL-2.1-or-later',
  'lgpl-3': 'LGPL-3.0-only',
  'lgpl-3+': 'LGPL-3.0-or-later',
  'lgplv3+': 'LGPL-3.0-or-later',
  mit: 'MIT',
  'mpl-2.0': 'MPL-2.0',
  'mplv2.0': 'MPL-2.0',
  'mulanpsl-2.0': 'MulanPSL-2.0',
  openssl: 'OpenSSL',
  zlib: 'Zlib',
};

/** Short names that SPDX took over as they are. */
const spdxShape =
  /^(?:(?:GPL|LGPL|AGPL)-\d\.\d-(?:only|or-later)|BSD-\d-Clause|Apache-2\.0|MIT|ISC|Zlib|OpenSSL)$/u;

/**
 * The SPDX expression for a licence as `License:` of Debian's copyright files or rpm's `LICENSE` write it: names joined
 * by `and` and `or`. `undefined` when one of the names has no certain meaning.
 */
export function spdxExpression(text: string): string | undefined {
  const words = text.trim().split(/\s+(and|or|with)\s+/iu);
  if (words.some((word) => word.toLowerCase() === 'with')) return undefined;
  const terms = words.map((word, at) => (at % 2 === 1 ? word.toUpperCase() : spdxName(word)));
  if (terms.includes(undefined)) return undefined;
  // Without brackets AND binds closer than OR, in both languages.
  return terms.join(' ');
}

function spdxName(name: string): string | undefined {
  const plain = name.trim();
  return spdxShape.test(plain) ? plain : spdxNames[plain.toLowerCase()];
}

/**
 * The licence of a Debian package: what its copyright file, when it is one for machines (DEP 5), says of `Files: *`.
 * Files under other licences within the package are not counted.
 */
export function licenseOfCopyright(text: string): string | undefined {
  if (!/^Format:.*copyright-format/imu.test(text)) return undefined;
  for (const paragraph of text.split(/\n\s*\n/u)) {
    if (!/^Files:\s*\*\s*$/imu.test(paragraph)) continue;
    const license = /^License:[ \t]*(\S.*)$/imu.exec(paragraph)?.[1];
    return license === undefined ? undefined : spdxExpression(license);
  }
  return undefined;
}
