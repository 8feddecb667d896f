import { randomInt } from 'node:crypto';

import { kubeletClientUser } from './certificates.ts';

const bootstrapGroup = 'system:bootstrappers:kubeos';
const certificateRequests = 'system:certificates.k8s.io:certificatesigningrequests';

/** Hours that a bootstrap token is good for: longer than any test. */
const tokenHours = 6;

const tokenCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Everything without which no node joins, and no kubelet answers the API server. */
export const joinBindings = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    // A kubelet asks back what the API server may do, as with everybody.
    binding('kubelet-client', 'system:kubelet-api-admin', 'User', kubeletClientUser),
    binding('bootstrap', 'system:node-bootstrapper', 'Group', bootstrapGroup),
    binding('bootstrap-approval', `${certificateRequests}:nodeclient`, 'Group', bootstrapGroup),
    binding('renewal-approval', `${certificateRequests}:selfnodeclient`, 'Group', 'system:nodes'),
  ],
};

/** A bootstrap token and the Secret that makes it one. */
export interface BootstrapToken {
  /** `ID.SECRET`. */
  readonly token: string;
  readonly secret: object;
}

/** Makes a token of 6 and 16 random characters that ends some hours from now. */
export function makeBootstrapToken(nowMs: number): BootstrapToken {
  const id = randomText(6);
  const secret = randomText(16);
  return {
    token: `${id}.${secret}`,
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        'token-id': id,
        'token-secret': secret,
        expiration: new Date(nowMs + tokenHours * 3_600_000).toISOString(),
        'usage-bootstrap-authentication': 'true',
        'auth-extra-groups': bootstrapGroup,
      },
    },
  };
}

function randomText(length: number): string {
  const pick = (): string => tokenCharacters.charAt(randomInt(tokenCharacters.length));
  return Array.from({ length }, pick).join('');
}

function binding(name: string, role: string, kind: 'User' | 'Group', subject: string): object {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: `kubeos:${name}` },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup, kind, name: subject }],
  };
}
