import * as z from 'zod/mini';
import { digestWire } from '../api/wire.ts';
import { KubeosError } from '../errors/index.ts';
import { indexBlockBytes } from './block-index.ts';

const bytes = z.int().check(z.minimum(0));
/** A name in the folder of the manifest, so that a foreign manifest cannot lead elsewhere. */
const fileName = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/u));
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/u));
const artefact = z.object({ name: fileName, bytes, sha256: hash });

const manifest = z.object({
  schemaVersion: z.literal(1),
  version: z.string(),
  osRelease: z.string(),
  architecture: z.enum(['amd64', 'arm64']),
  sourceDateEpoch: bytes,
  rootFileSystem: z.object({ bytes, digest: digestWire, uuid: z.string() }),
  artefacts: z.array(artefact),
  containerImage: z.optional(z.object({ reference: z.string(), digest: digestWire })),
  blockIndex: z.object({
    blockBytes: z.literal(indexBlockBytes),
    blocks: bytes,
    file: fileName,
    sha256: hash,
  }),
});

/** A file that came out of a build. */
export interface Artefact {
  /** Its name in the folder of the manifest. */
  readonly name: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * What came out of a build: `manifest.json`.
 *
 * - `version`: that of the recipe; `osRelease`: `PRETTY_NAME` of the image, which upgrades name and nodes report.
 * - `sourceDateEpoch`: seconds since 1970; no file of the image is younger.
 * - `rootFileSystem.digest`: over the bytes of the file system; a slot that holds it has this digest.
 * - `containerImage`: of an upgrade image: its name, and the digest of its manifest, which is the `checksum` of an `OS`.
 * - `blockIndex.file`: see `block-index.ts`.
 */
export type BuildManifest = z.output<typeof manifest>;

/** Renders a manifest as the text of its file; always the same for the same build. */
export function renderBuildManifest(built: BuildManifest): string {
  return `${JSON.stringify(manifest.parse(built), null, 2)}\n`;
}

/** Reads the text of a manifest. Throws `PAYLOAD_UNKNOWN` when it is none or one of a later format. */
export function parseBuildManifest(text: string): BuildManifest {
  const read = manifest.safeParse(parseJson(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where =
    issue === undefined ? '' : `: ${issue.path.map(String).join('.')}: ${issue.message}`;
  throw new KubeosError('PAYLOAD_UNKNOWN', `This is no manifest of an image${where}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KubeosError('PAYLOAD_UNKNOWN', 'The manifest of the image is no JSON', { cause });
  }
}
