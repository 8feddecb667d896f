import { describe, expect, it } from '@jest/globals';

import { joinBindings, makeBootstrapToken } from './joining.ts';

describe('makeBootstrapToken', () => {
  const now = Date.UTC(2030, 0, 1);

  it('makes a token of the form that kubelets take, another each time', () => {
    const tokens = Array.from({ length: 20 }, () => makeBootstrapToken(now).token);
    for (const token of tokens) expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    expect(new Set(tokens).size).toBe(20);
  });

  it('makes the Secret that lets its holder in as a bootstrapper, for some hours', () => {
    const { token, secret } = makeBootstrapToken(now);
    const [id = '', ofToken] = token.split('.');
    expect(secret).toMatchObject({
      metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        'token-id': id,
        'token-secret': ofToken,
        expiration: '2030-01-01T06:00:00.000Z',
        'usage-bootstrap-authentication': 'true',
        'auth-extra-groups': 'system:bootstrappers:kubeos',
      },
    });
  });
});

describe('joinBindings', () => {
  const approval = 'system:certificates.k8s.io:certificatesigningrequests';

  it.each([
    ['kube-apiserver-kubelet-client', 'system:kubelet-api-admin'],
    ['system:bootstrappers:kubeos', 'system:node-bootstrapper'],
    ['system:bootstrappers:kubeos', `${approval}:nodeclient`],
    ['system:nodes', `${approval}:selfnodeclient`],
  ])('binds %s to %s', (subject, role) => {
    expect(joinBindings.items).toContainEqual(
      expect.objectContaining({
        roleRef: expect.objectContaining({ name: role }),
        subjects: [expect.objectContaining({ name: subject })],
      }),
    );
  });
});
