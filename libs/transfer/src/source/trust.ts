import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { KubeosError, type Payload } from '@kubeos/core';

/** Names in the certificates folder are plain file names; anything that could lead out of it is refused. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/u;

/** Files in the certificates folder: whom to trust and what to present. */
export type TrustedFiles = Pick<Payload, 'caCert' | 'mutualTls' | 'clientCert' | 'clientKey'>;

/**
 * Builds what a TLS connection trusts and presents. A given CA replaces the system's CAs, so that nobody else can vouch
 * for the server. Throws `INVALID_ARGUMENT` for names that are not plain, `CERTIFICATE_UNUSABLE` for files that are
 * missing or hold something else.
 *
 * @param certsDir the folder that all names are taken from
 */
export async function createTrust(payload: TrustedFiles, certsDir: string): Promise<SecureContext> {
  const ca =
    payload.caCert === undefined
      ? // The same CA lies in the folder and in the bundle of many systems.
        Array.from(new Set(getCACertificates('system')))
      : [checkCertificate(payload.caCert, await readPem(certsDir, payload.caCert))];
  const own = payload.mutualTls ? await readOwnCertificate(payload, certsDir) : {};
  try {
    // Without any CA of the system the ones that come with Node are the best guess.
    return createSecureContext({ ...own, ...(ca.length > 0 ? { ca } : {}) });
  } catch (cause) {
    throw new KubeosError('CERTIFICATE_UNUSABLE', 'Client certificate and key do not fit', {
      cause,
    });
  }
}

async function readOwnCertificate(
  payload: TrustedFiles,
  certsDir: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  if (payload.clientCert === undefined || payload.clientKey === undefined) {
    throw new KubeosError('INVALID_ARGUMENT', 'Mutual TLS needs clientcert and clientkey');
  }
  return {
    cert: checkCertificate(payload.clientCert, await readPem(certsDir, payload.clientCert)),
    key: await readPem(certsDir, payload.clientKey),
  };
}

async function readPem(certsDir: string, name: string): Promise<string> {
  if (!plainName.test(name)) {
    throw new KubeosError('INVALID_ARGUMENT', `${JSON.stringify(name)} is no plain file name`);
  }
  const path = join(certsDir, name);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new KubeosError('CERTIFICATE_UNUSABLE', `Cannot read ${path}`, { cause });
  }
}

function checkCertificate(name: string, pem: string): string {
  try {
    // OpenSSL would take a file without any certificate in silence, and then trust nobody.
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new KubeosError('CERTIFICATE_UNUSABLE', `${name} holds no certificate`, { cause });
  }
}
