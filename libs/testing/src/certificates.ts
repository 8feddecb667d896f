/** Certificates for tests of TLS, made by openssl(1). */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A certificate and its key, PEM, as files and as content. */
export interface TestCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A certificate authority that lives in a folder. */
export interface TestAuthority {
  readonly self: TestCertificate;
  /** A certificate for a client, or a server on 127.0.0.1 and further addresses. */
  issue(commonName: string, addresses?: readonly string[]): Promise<TestCertificate>;
}

/** Makes an authority; its files and those it issues lie in the folder as `NAME.pem` and `NAME.key`. */
export async function createTestAuthority(folder: string, name: string): Promise<TestAuthority> {
  const request = async (subject: string, ...more: readonly string[]): Promise<TestCertificate> => {
    const certFile = join(folder, `${subject}.pem`);
    const keyFile = join(folder, `${subject}.key`);
    await promisify(execFile)(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-keyout', keyFile, '-out', certFile, '-subj', `/CN=${subject}`, '-days', '2'],
        ...more,
      ],
      { timeout: 30_000 },
    );
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    return { certFile, keyFile, cert, key };
  };
  const self = await request(name);
  return {
    self,
    issue: (subject, addresses = []) => {
      const names = ['127.0.0.1', ...addresses].map((address) => `IP:${address}`);
      return request(
        subject,
        ...['-addext', `subjectAltName=${names.join(',')},URI:kubeos:test:${subject}`],
        ...['-addext', 'basicConstraints=critical,CA:FALSE'],
        ...['-CA', self.certFile, '-CAkey', self.keyFile],
      );
    },
  };
}
