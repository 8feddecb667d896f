import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createAuthority } from './authority.ts';

/** Paths of the key material of one control plane; every key is new with each start. */
export interface Certificates {
  readonly caFile: string;
  readonly serverFile: string;
  readonly serverKeyFile: string;
  readonly adminFile: string;
  readonly adminKeyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicFile: string;
}

/** Names under which clients reach the API server; 10.0.2.2 is the host as a QEMU guest sees it, 10.0.0.1 the Service. */
const serverNames = 'DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.0.2.2,IP:10.0.0.1';

/** Makes a CA, a server certificate, an admin client certificate (`system:masters`) and the service account key pair. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string): string => join(folder, name);
  const authority = await createAuthority(folder, '/CN=kubeos-control-plane');
  const [server, admin] = await Promise.all([
    authority.issue('server', '/CN=kube-apiserver', [
      `subjectAltName=${serverNames}`,
      'extendedKeyUsage=serverAuth',
    ]),
    authority.issue('admin', '/O=system:masters/CN=admin', ['extendedKeyUsage=clientAuth']),
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
    serverFile: server.certificateFile,
    serverKeyFile: server.keyFile,
    adminFile: admin.certificateFile,
    adminKeyFile: admin.keyFile,
    serviceAccountKeyFile: path('sa.key'),
    serviceAccountPublicFile: path('sa.pub'),
  };
}
