import { expect, it } from '@jest/globals';
import { listedPackage, readControl } from './debian-package.ts';

const control = `Package: libgcc-s1
Source: gcc-14 (14.2.0-18)
Version: 14.2.0-19
Architecture: amd64
Description: GCC support library
 Package: is no field in a description.
`;

it('reads what a package says of itself', () => {
  const found = readControl(control);
  expect(found).toEqual({
    ...{ name: 'libgcc-s1', version: '14.2.0-19', arch: 'amd64', source: 'gcc-14', control },
  });
  expect(listedPackage(found, undefined)).toEqual({
    ...{ format: 'deb', name: 'libgcc-s1', version: '14.2.0-19', arch: 'amd64', source: 'gcc-14' },
  });
});

it('leaves a source out that has the name of the package', () => {
  const found = readControl(control.replace(/^Source: .*$/mu, 'Source: libgcc-s1'));
  expect(found).not.toHaveProperty('source');
  expect(listedPackage(found, 'MIT')).toMatchObject({ license: 'MIT' });
});
