import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { namesOf, requireListed } from './client-names.ts';

const certificate = (commonName: string, subjectaltname?: string) =>
  ({ subject: { CN: commonName }, subjectaltname }) as PeerCertificate;

describe('names of a client', () => {
  it.each([
    ['fleet', undefined, ['fleet']],
    ['fleet', 'DNS:a.b, URI:spiffe://x/y, IP Address:10.0.0.1', ['fleet', 'a.b', 'spiffe://x/y']],
    ['fleet', 'DNS:"a, DNS:admin", DNS:b', ['fleet', 'b']],
  ])('of %s with %s', (commonName, alternatives, names) => {
    expect(namesOf(certificate(commonName, alternatives))).toEqual(names);
  });

  it('lets in who is listed, by any name', () => {
    const client = certificate('fleet', 'DNS:a.b');
    expect(() => requireListed(client, ['fleet'])).not.toThrow();
    expect(() => requireListed(client, ['x', 'a.b'])).not.toThrow();
  });

  it.each([
    ['another name', certificate('fleet2')],
    ['no certificate', undefined],
    ['an empty name', certificate('')],
  ])('refuses %s', (_name, client) => {
    expect(() => requireListed(client, ['fleet'])).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });
});
