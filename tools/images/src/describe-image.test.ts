import { expect, it } from '@jest/globals';
import { describeImage } from './describe-image.ts';

const release = { version: '1.2.3', epochSeconds: 1_700_000_000 };
const bundle = { path: 'app/proxy.cjs', nodeOptions: ['--lite-mode'] };

it('runs the program with its options, not as root, with certificates that can be replaced', () => {
  expect(describeImage('os-proxy', release, bundle, 'arm64').process).toEqual({
    entrypoint: ['/usr/bin/node', '--use-openssl-ca', '--lite-mode', '/app/proxy.cjs'],
    user: '65532:6552',
    env: { PATH: '/usr/bin', SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt' },
  });
  expect(describeImage('os-operator', release, bundle, 'amd64').process?.user).toBe('65532:65532');
});

it('names the commit where there is one', () => {
  const revision = 'org.opencontainers.image.revision';
  const labelsOf = (more: object) =>
    describeImage('os-operator', { ...release, ...more }, bundle, 'amd64').labels;
  expect(labelsOf({ revision: 'abc' })).toMatchObject({ [revision]: 'abc' });
  expect(labelsOf({})).not.toHaveProperty(revision);
});
