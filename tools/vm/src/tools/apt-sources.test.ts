import { expect, it } from '@jest/globals';

import { debianArchives } from './apt-sources.ts';

const fallback = 'http://deb.debian.org/debian';

const modern = `# the archive
Types: deb
# not this one: http://snapshot.example.org/debian
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
const security = `Types: deb
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
`;

it.each([
  ['stanzas', [security + '\n' + modern], 'http://mirror.example.org/debian'],
  [
    'stanzas whose fields go on in the next line',
    [modern.replace('URIs: ', 'uris:\n ')],
    'http://mirror.example.org/debian',
  ],
  [
    'stanzas of a list of mirrors',
    [modern.replace(/^URIs: .*$/mu, 'URIs: mirror+file:///etc/apt/mirrors/debian.list')],
    'mirror+file:///etc/apt/mirrors/debian.list',
  ],
  [
    'lines',
    [
      'deb-src http://a.example.org/debian x main\ndeb [arch=amd64] https://b.example.org/debian/ trixie main # x',
    ],
    'https://b.example.org/debian/',
  ],
  ['no archive that is switched off', [`${modern}Enabled: no\n`], fallback],
  ['no security updates', [security], fallback],
  ['no archive of sources', [modern.replace('Types: deb', 'Types: deb-src')], fallback],
  [
    'no other vendor',
    [
      'deb https://apt.example.org trixie main\ndeb https://x.example.org/linux/debian trixie stable',
    ],
    fallback,
  ],
  ['no comments', ['# deb http://a.example.org/debian trixie main'], fallback],
  ['nothing', [], fallback],
])('finds the archive of Debian in %s', (_name, texts, archive) => {
  expect(debianArchives(texts).main).toBe(archive);
});

it.each([
  ['stanzas', [modern, security], 'http://mirror.example.org/debian-security'],
  [
    'lines',
    ['deb http://s.example.org/debian-security trixie-security main'],
    'http://s.example.org/debian-security',
  ],
  ['no archive alone', [modern], 'http://deb.debian.org/debian-security'],
])('finds the security updates of Debian in %s', (_name, texts, archive) => {
  expect(debianArchives(texts).security).toBe(archive);
});
