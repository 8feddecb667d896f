/** The list of software of an image: an SPDX 2.3 document in JSON, https://spdx.github.io/spdx-spec/v2.3/. */
import type { Digest } from '../api/operation.ts';
import { compareText } from '../compare-text.ts';

/** A package of an image. */
export interface SbomPackage {
  /** Where it comes from: a Debian, RPM or npm package, or anything else. */
  readonly format: 'deb' | 'rpm' | 'npm' | 'generic';
  readonly name: string;
  /** As the package manager prints it, with epoch and release. */
  readonly version: string;
  readonly arch?: string;
  /** SPDX expression. */
  readonly license?: string;
  /** Name of the package that it was built from. */
  readonly source?: string;
}

/** What a list of software is made from. */
export interface SbomRequest {
  /** What the image holds; default: a system of KubeOS. */
  readonly image?: { readonly name: string; readonly purpose: 'OPERATING-SYSTEM' | 'CONTAINER' };
  /** The program that made the image. */
  readonly tool: string;
  /** Version of the image. */
  readonly version: string;
  /** Digest of what the list is of: a root file system, or the manifest of an image. */
  readonly digest: Digest;
  /** `SOURCE_DATE_EPOCH`, in seconds. */
  readonly epochSeconds: number;
  /** Whose packages these are, as in package URLs: `debian`, `openeuler`. */
  readonly vendor: string;
  /** In any order. */
  readonly packages: readonly SbomPackage[];
}

const documentId = 'SPDXRef-DOCUMENT';
const imageId = 'SPDXRef-Image';
const unsaid = 'NOASSERTION';
const system = { name: 'KubeOS', purpose: 'OPERATING-SYSTEM' } as const;

/** Renders the list as the text of its file; always the same for the same image. */
export function renderSbom(request: SbomRequest): string {
  const listed = listPackages(request);
  const { image = system, version, digest, tool } = request;
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: documentId,
    name: `${image.name}-${version}`,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(`${image.name}-${version}`)}-${digitsOf(digest)}`,
    creationInfo: {
      created: timestampOf(request.epochSeconds),
      creators: [`Tool: ${tool}`],
    },
    packages: [imageEntry(request), ...listed.map(({ entry }) => entry)],
    relationships: [
      relationship(documentId, 'DESCRIBES', imageId),
      ...listed.map(({ entry }) => relationship(imageId, 'CONTAINS', entry.SPDXID)),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Seconds since 1970 as SPDX and OCI write times: without parts of seconds. */
export function timestampOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace(/\.\d+Z$/u, 'Z');
}

interface Listed {
  readonly purl: string;
  readonly entry: ReturnType<typeof packageEntry>;
}

/** Sorted, and each package once: what package managers list twice is one thing for whoever looks for weak spots. */
function listPackages({ packages, vendor }: SbomRequest): readonly Listed[] {
  const byPurl = new Map(packages.map((found) => [packageUrl(found, vendor), found]));
  const taken = new Set([documentId, imageId]);
  return Array.from(byPurl)
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([purl, found]) => ({ purl, entry: packageEntry(found, purl, freeId(found, taken)) }));
}

function packageEntry(found: SbomPackage, purl: string, id: string) {
  return {
    SPDXID: id,
    name: found.name,
    versionInfo: found.version,
    downloadLocation: unsaid,
    filesAnalyzed: false,
    licenseConcluded: unsaid,
    licenseDeclared: found.license ?? unsaid,
    copyrightText: unsaid,
    ...(found.source !== undefined && { sourceInfo: `built from the package ${found.source}` }),
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl },
    ],
  };
}

function imageEntry({ image = system, version, digest }: SbomRequest) {
  return {
    SPDXID: imageId,
    name: image.name,
    versionInfo: version,
    downloadLocation: unsaid,
    filesAnalyzed: false,
    licenseConcluded: unsaid,
    licenseDeclared: unsaid,
    copyrightText: unsaid,
    primaryPackagePurpose: image.purpose,
    checksums: [{ algorithm: 'SHA256', checksumValue: digitsOf(digest) }],
  };
}

function relationship(from: string, relationshipType: string, to: string) {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

/** Identifiers have letters, digits, points and hyphens alone; two names that differ in others get a number. */
function freeId({ name, version, arch }: SbomPackage, taken: Set<string>): string {
  const text = [name, version, ...(arch === undefined ? [] : [arch])].join('-');
  const base = `SPDXRef-Package-${text.replaceAll(/[^A-Za-z0-9.-]/gu, '-')}`;
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
  taken.add(id);
  return id;
}

/** https://github.com/package-url/purl-spec; an RPM's epoch is no part of its version there. */
function packageUrl({ format, name, version, arch }: SbomPackage, vendor: string): string {
  const epoch = format === 'rpm' ? /^(\d+):/u.exec(version) : null;
  const rest = epoch === null ? version : version.slice(epoch[0].length);
  const qualifiers = [
    ...(arch === undefined ? [] : [`arch=${encodePurl(arch)}`]),
    ...(epoch === null || epoch[1] === '0' ? [] : [`epoch=${epoch[1] ?? ''}`]),
  ].join('&');
  // Names of npm packages bring their namespace along: `@scope/name`.
  const namespace = format === 'deb' || format === 'rpm' ? `${encodePurl(vendor)}/` : '';
  // Names of Debian packages are lower case already, those of RPM packages count as they are.
  const path = name.split('/').map(encodePurl).join('/');
  return `pkg:${format}/${namespace}${path}@${encodePurl(rest)}${qualifiers === '' ? '' : `?${qualifiers}`}`;
}

function encodePurl(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

function digitsOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
