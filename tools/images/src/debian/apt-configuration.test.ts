import { describe, expect, it } from '@jest/globals';
import { renderConfiguration, renderSources, snapshotArchives } from './apt-configuration.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

describe('the sources of packages', () => {
  it('are a fixed suite with its security updates, signed by Debian', () => {
    const archives = { main: 'http://a.example.org/debian', security: 'http://b.example.org/sec' };
    expect(renderSources(archives, false).split('\n')).toEqual([
      `deb [signed-by=${keyring}] http://a.example.org/debian trixie main`,
      `deb [signed-by=${keyring}] http://b.example.org/sec trixie-security main`,
      '',
    ]);
  });

  it('of a snapshot are those of a time, and still signed', () => {
    const time = '20261101T000000Z';
    expect(renderSources(snapshotArchives(time), true).split('\n')).toEqual([
      `deb [signed-by=${keyring} check-valid-until=no] http://snapshot.debian.org/archive/debian/${time} trixie main`,
      `deb [signed-by=${keyring} check-valid-until=no] http://snapshot.debian.org/archive/debian-security/${time} trixie-security main`,
      '',
    ]);
  });
});

it('keeps what this machine has out of it, but for the way to the archives', () => {
  const settings = 'Acquire::http::Proxy "http://proxy.example.org:3128";\n';
  const text = renderConfiguration('/cache dir/apt', 'arm64', settings);
  expect(text).toContain('APT::Architectures { "arm64"; };');
  expect(text).toContain('Dir::Etc::Parts "/dev/null";');
  expect(text).toContain('Dir::State::status "/cache dir/apt/status";');
  expect(text.endsWith(settings)).toBe(true);
});
