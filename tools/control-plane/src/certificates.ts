import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createAuthority } from './authority.ts';

/** Paths of the key material of one control plane; every key is new with each start. */
export interface Certificates {
  readonly caFile: string;
  readonly caKeyFile: string;
  readonly serverFile: string;
  readonly serverKeyFile: string;
  readonly adminFile: string;
  readonly adminKeyFile: string;
  /** With which the API server calls kubelets. */
  readonly kubeletClientFile: string;
  readonly kubeletClientKeyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicFile: string;
}

/** Where QEMU's user network shows a guest the loopback interface of its host. */
export const hostSeenByGuests = '10.0.2.2';

/** Whom the API server is to kubelets. It needs rights there, and none of its own API. */
export const kubeletClientUser = 'kube-apiserver-kubelet-client';

/** Names under which clients reach the API server; 10.0.0.1 is the Service. */
const serverNames = `DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:${hostSeenByGuests},IP:10.0.0.1`;

/** Makes a CA, the certificates of server, admin (`system:masters`) and client of kubelets, and the service account keys. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string): string => join(folder, name);
  const authority = await createAuthority(folder, '/CN=kubeos-control-plane');
  const client = ['extendedKeyUsage=clientAuth'];
  const [server, admin, kubeletClient] = await Promise.all([
    authority.issue('server', '/CN=kube-apiserver', [
      `subjectAltName=${serverNames}`,
      'extendedKeyUsage=serverAuth',
    ]),
    authority.issue('admin', '/O=system:masters/CN=admin', client),
    authority.issue('kubelet-client', `/CN=${kubeletClientUser}`, client),
  ]);

  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFile(path('sa.key'), pair.privateKey, { mode: 0o600 });
  await writeFile(path('sa.pub'), pair.publicKey);
  return {
    caFile: authority.caFile,
    caKeyFile: authority.caKeyFile,
    serverFile: server.certificateFile,
    serverKeyFile: server.keyFile,
    adminFile: admin.certificateFile,
    adminKeyFile: admin.keyFile,
    kubeletClientFile: kubeletClient.certificateFile,
    kubeletClientKeyFile: kubeletClient.keyFile,
    serviceAccountKeyFile: path('sa.key'),
    serviceAccountPublicFile: path('sa.pub'),
  };
}
