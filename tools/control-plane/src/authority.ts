import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exec } from '@kubeos/host';

/** A certificate with its key, as PEM files. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate authority of our own, for servers and clients on this machine. */
export interface Authority {
  /** Path of the CA certificate. */
  readonly caFile: string;
  /** Path of the CA's key, for a program that signs by itself. */
  readonly caKeyFile: string;
  /** Signs a certificate for `<folder>/<name>.crt` with these extensions; throws `COMMAND_FAILED`. */
  issue(name: string, subject: string, extensions: readonly string[]): Promise<Certificate>;
}

const validDays = '365';

/** Makes `ca.crt` and `ca.key` in the folder; throws `COMMAND_FAILED`. Keys are readable by their owner only. */
export async function createAuthority(folder: string, subject: string): Promise<Authority> {
  const path = (name: string): string => join(folder, name);
  // The system's configuration would add extensions of its own.
  await writeFile(path('openssl.cnf'), '[req]\ndistinguished_name = name\n[name]\n');
  const request = async (
    name: string,
    ofSubject: string,
    extensions: readonly string[],
    signer: readonly string[],
  ): Promise<Certificate> => {
    const made = { certificateFile: path(`${name}.crt`), keyFile: path(`${name}.key`) };
    await exec('openssl', [
      ...['req', '-config', path('openssl.cnf'), '-x509'],
      ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', made.keyFile, '-out', made.certificateFile],
      ...['-subj', ofSubject, '-days', validDays],
      ...signer,
      ...extensions.flatMap((line) => ['-addext', line]),
    ]);
    return made;
  };
  const ca = await request(
    'ca',
    subject,
    ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'],
    [],
  );
  const signer = ['-CA', ca.certificateFile, '-CAkey', ca.keyFile];
  return {
    caFile: ca.certificateFile,
    caKeyFile: ca.keyFile,
    issue: (name, ofSubject, extensions) => request(name, ofSubject, extensions, signer),
  };
}
