import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from './command.ts';

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
const validDays = '365';

/** Makes a CA, a server certificate, an admin client certificate (`system:masters`) and the service account key pair. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string): string => join(folder, name);
  // The system's configuration would add extensions of its own.
  await writeFile(path('openssl.cnf'), '[req]\ndistinguished_name = name\n[name]\n');
  const request = async (name: string, subject: string, args: readonly string[]): Promise<void> => {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      path(`${name}.key`),
    ];
    const output = ['-out', path(`${name}.crt`), '-subj', subject, '-days', validDays];
    await runCommand('openssl', [
      'req',
      '-config',
      path('openssl.cnf'),
      '-x509',
      ...key,
      ...output,
      ...args,
    ]);
  };
  const extensions = (...lines: readonly string[]): readonly string[] =>
    lines.flatMap((line) => ['-addext', line]);
  const signed = ['-CA', path('ca.crt'), '-CAkey', path('ca.key')];

  await request(
    'ca',
    '/CN=kubeos-control-plane',
    extensions('basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'),
  );
  await Promise.all([
    request('server', '/CN=kube-apiserver', [
      ...signed,
      ...extensions(`subjectAltName=${serverNames}`, 'extendedKeyUsage=serverAuth'),
    ]),
    request('admin', '/O=system:masters/CN=admin', [
      ...signed,
      ...extensions('extendedKeyUsage=clientAuth'),
    ]),
  ]);

  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFile(path('sa.key'), pair.privateKey, { mode: 0o600 });
  await writeFile(path('sa.pub'), pair.publicKey);
  return {
    caFile: path('ca.crt'),
    serverFile: path('server.crt'),
    serverKeyFile: path('server.key'),
    adminFile: path('admin.crt'),
    adminKeyFile: path('admin.key'),
    serviceAccountKeyFile: path('sa.key'),
    serviceAccountPublicFile: path('sa.pub'),
  };
}
