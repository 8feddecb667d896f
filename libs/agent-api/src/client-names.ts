import type { PeerCertificate } from 'node:tls';
import { KubeosError } from '@kubeos/core';

/**
 * The names in a verified certificate: common name, DNS names and URIs.
 *
 * Node writes the alternative names as `DNS:a, URI:b` and puts those with a comma or a quote in quotes
 * (https://nodejs.org/api/crypto.html#x509subjectaltname); such a name is left out here, so none can pose as two.
 */
export function namesOf(certificate: PeerCertificate): readonly string[] {
  const alternatives = (certificate.subjectaltname ?? '')
    .split(', ')
    .map((entry) => /^(?:DNS|URI):([^"]+)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined);
  const { CN: common } = certificate.subject;
  return typeof common === 'string' ? [common, ...alternatives] : alternatives;
}

/** Throws `FORBIDDEN` unless one of the certificate's names is listed. Without a certificate nobody is. */
export function requireListed(
  certificate: PeerCertificate | undefined,
  listed: readonly string[],
): void {
  const names = certificate === undefined ? [] : namesOf(certificate);
  if (names.some((name) => listed.includes(name))) return;
  const who = names[0] === undefined ? 'A client without a name' : `Client "${names[0]}"`;
  throw new KubeosError('FORBIDDEN', `${who} is not among the client names of this agent`);
}
