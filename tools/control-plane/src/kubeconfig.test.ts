import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { kubeconfigText, tokenKubeconfig } from './kubeconfig.ts';

describe('kubeconfigText', () => {
  it('is read as YAML, carries everything inside and selects its one context', () => {
    const text = kubeconfigText({
      server: 'https://127.0.0.1:20003',
      caPem: 'ca',
      certificatePem: 'certificate',
      keyPem: 'key',
    });
    expect(parse(text)).toMatchObject({
      kind: 'Config',
      'current-context': 'kubeos',
      clusters: [
        {
          name: 'kubeos',
          cluster: { server: 'https://127.0.0.1:20003', 'certificate-authority-data': 'Y2E=' },
        },
      ],
      users: [
        { user: { 'client-certificate-data': 'Y2VydGlmaWNhdGU=', 'client-key-data': 'a2V5' } },
      ],
      contexts: [{ name: 'kubeos', context: { cluster: 'kubeos', user: 'kubeos' } }],
    });
  });
});

describe('tokenKubeconfig', () => {
  it('logs in with the token alone', () => {
    const place = { server: 'https://127.0.0.1:20003', caFile: '/ca.crt' };
    expect(parse(tokenKubeconfig({ ...place, token: 't' }))).toMatchObject({
      clusters: [{ cluster: { server: place.server, 'certificate-authority': '/ca.crt' } }],
      users: [{ name: 'kubeos', user: { token: 't' } }],
    });
  });
});
