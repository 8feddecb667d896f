import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { kubeconfigText } from './kubeconfig.ts';

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
      contexts: [{ name: 'kubeos', context: { cluster: 'kubeos', user: 'admin' } }],
    });
  });
});
