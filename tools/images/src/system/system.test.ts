import { describe, expect, it } from '@jest/globals';
import { accountFiles } from './account-files.ts';
import { joinCertificates } from './ca-bundle.ts';
import { licensesNamedIn } from './package-files.ts';

it('joins certificates in the order of their names, each on lines of its own', () => {
  const certificates = new Map([
    ['b.crt', 'B'],
    ['a.crt', 'A\n\n'],
  ]);
  expect(joinCertificates(certificates)).toBe('A\nB\n');
});

it('finds the licences that a copyright points to, without the point behind a sentence', () => {
  const copyright = `On Debian systems see /usr/share/common-licenses/GPL-3.
    \`/usr/share/common-licenses/LGPL-2.1', and /usr/share/common-licenses/Apache-2.0,
    and again /usr/share/common-licenses/GPL-3`;
  expect([...licensesNamedIn(copyright)]).toEqual(['GPL-3', 'LGPL-2.1', 'Apache-2.0']);
});

describe('the accounts', () => {
  const texts = new Map(
    accountFiles().map((file) => [
      file.path,
      file.kind === 'file' && file.content instanceof Uint8Array
        ? Buffer.from(file.content).toString()
        : '',
    ]),
  );

  it('name the user of containers and the group of the socket, and let nobody log in', () => {
    expect(texts.get('etc/passwd')).toMatch(/^nonroot:x:65532:65532:/mu);
    expect(texts.get('etc/group')).toMatch(/^kubeos:x:6552:$/mu);
    expect(texts.get('etc/passwd')).not.toMatch(/\/(?:ba)?sh$/mu);
  });
});
