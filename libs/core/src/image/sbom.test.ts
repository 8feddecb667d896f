import { describe, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { renderSbom, type SbomPackage, type SbomRequest } from './sbom.ts';

// The required members and the values of https://github.com/spdx/spdx-spec/blob/support/2.3/schemas/spdx-schema.json, of
// the parts that we use; strict, so that a member that SPDX does not know is found.
const text = z.string().check(z.minLength(1));
const spdxId = z.string().check(z.regex(/^SPDXRef-[A-Za-z0-9.-]+$/u));
const spdxPackage = z.strictObject({
  SPDXID: spdxId,
  name: text,
  versionInfo: z.optional(text),
  downloadLocation: text,
  filesAnalyzed: z.literal(false),
  licenseConcluded: text,
  licenseDeclared: text,
  copyrightText: text,
  sourceInfo: z.optional(text),
  primaryPackagePurpose: z.optional(z.enum(['OPERATING-SYSTEM', 'CONTAINER'])),
  checksums: z.optional(
    z.array(
      z.strictObject({
        algorithm: z.literal('SHA256'),
        checksumValue: z.string().check(z.regex(/^[0-9a-f]{64}$/u)),
      }),
    ),
  ),
  externalRefs: z.optional(
    z.array(
      z.strictObject({
        referenceCategory: z.enum(['OTHER', 'PERSISTENT-ID', 'SECURITY', 'PACKAGE-MANAGER']),
        referenceType: text,
        referenceLocator: z.string().check(z.regex(/^pkg:[a-z]+\/\S+@\S+$/u)),
      }),
    ),
  ),
});
const spdxDocument = z.strictObject({
  spdxVersion: z.literal('SPDX-2.3'),
  dataLicense: z.literal('CC0-1.0'),
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  name: text,
  documentNamespace: z.url(),
  creationInfo: z.strictObject({
    created: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u)),
    creators: z
      .array(z.string().check(z.regex(/^(?:Tool|Organization|Person): \S/u)))
      .check(z.minLength(1)),
  }),
  packages: z.array(spdxPackage),
  relationships: z.array(
    z.strictObject({
      spdxElementId: spdxId,
      relationshipType: z.enum(['DESCRIBES', 'CONTAINS']),
      relatedSpdxElement: spdxId,
    }),
  ),
});

const bash: SbomPackage = {
  ...{ format: 'deb', name: 'bash', version: '5.2.37-2+b5', arch: 'amd64' },
  ...{ license: 'GPL-3.0-or-later', source: 'bash-src' },
};
const request: SbomRequest = {
  version: '1.0.8',
  tool: 'kbimg',
  digest: `sha256:${'0a'.repeat(32)}`,
  epochSeconds: 1_700_000_000,
  vendor: 'debian',
  packages: [bash, { format: 'generic', name: 'os-agent', version: '0.1.0' }],
};

function read(changes: Partial<SbomRequest> = {}) {
  return spdxDocument.parse(JSON.parse(renderSbom({ ...request, ...changes })));
}
function purls(...packages: readonly SbomPackage[]) {
  return read({ packages }).packages.flatMap(({ externalRefs = [] }) =>
    externalRefs.map(({ referenceLocator }) => referenceLocator),
  );
}

describe('renderSbom', () => {
  it('B-76: lists the software of an image as SPDX 2.3', () => {
    const { packages, relationships, creationInfo, documentNamespace } = read();
    expect(creationInfo.created).toBe('2023-11-14T22:13:20Z');
    expect(documentNamespace).toContain('0a'.repeat(32));
    expect(packages.map(({ SPDXID }) => SPDXID)).toEqual([
      ...['SPDXRef-Image', 'SPDXRef-Package-bash-5.2.37-2-b5-amd64'],
      'SPDXRef-Package-os-agent-0.1.0',
    ]);
    expect(packages[1]).toMatchObject({
      ...{ licenseDeclared: 'GPL-3.0-or-later', licenseConcluded: 'NOASSERTION' },
      sourceInfo: 'built from the package bash-src',
    });
    expect(relationships).toEqual([
      {
        spdxElementId: 'SPDXRef-DOCUMENT',
        relationshipType: 'DESCRIBES',
        relatedSpdxElement: 'SPDXRef-Image',
      },
      ...packages.slice(1).map(({ SPDXID }) => ({
        spdxElementId: 'SPDXRef-Image',
        relationshipType: 'CONTAINS',
        relatedSpdxElement: SPDXID,
      })),
    ]);
  });

  it('names packages as scanners know them', () => {
    expect(
      purls(
        bash,
        { format: 'rpm', name: 'Glibc++', version: '2:2.38-1.oe', arch: 'x86_64' },
        { format: 'rpm', name: 'kernel', version: '0:6.6-1', arch: 'x86_64' },
        { format: 'deb', name: 'dbus', version: '1:1.16' },
        { format: 'npm', name: '@grpc/grpc-js', version: '1.14.4' },
      ),
    ).toEqual([
      'pkg:deb/debian/bash@5.2.37-2%2Bb5?arch=amd64',
      'pkg:deb/debian/dbus@1:1.16',
      'pkg:npm/%40grpc/grpc-js@1.14.4',
      'pkg:rpm/debian/Glibc%2B%2B@2.38-1.oe?arch=x86_64&epoch=2',
      'pkg:rpm/debian/kernel@6.6-1?arch=x86_64',
    ]);
  });

  it('names the image that it is of', () => {
    const image = { name: 'os-proxy', purpose: 'CONTAINER' } as const;
    const { name, documentNamespace, packages } = read({ image });
    expect(name).toBe('os-proxy-1.0.8');
    expect(documentNamespace).toMatch(/spdxdocs\/os-proxy-1\.0\.8-/u);
    expect(packages[0]).toMatchObject({ name: 'os-proxy', primaryPackagePurpose: 'CONTAINER' });
    expect(read().packages[0]).toMatchObject({
      ...{ name: 'KubeOS', primaryPackagePurpose: 'OPERATING-SYSTEM' },
    });
  });

  it('has the same text for the same packages in any order, each of them once', () => {
    const { packages } = request;
    const again = [...packages.toReversed(), ...packages];
    expect(renderSbom({ ...request, packages: again })).toBe(renderSbom(request));
  });

  it('tells packages apart whose names differ in characters that identifiers have not', () => {
    const twins = ['g++', 'g--'].map((name) => ({ format: 'deb' as const, name, version: '1' }));
    expect(read({ packages: twins }).packages.map(({ SPDXID }) => SPDXID)).toEqual([
      ...['SPDXRef-Image', 'SPDXRef-Package-g---1', 'SPDXRef-Package-g---1-2'],
    ]);
  });
});
