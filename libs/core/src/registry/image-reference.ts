import { KubeosError } from '../errors/index.ts';
import type { Digest } from '../api/operation.ts';

/** Where an image is in which registry. */
export interface ImageReference {
  /** Name of the registry as people write it, with its port where one is given; `docker.io` where none is named. */
  readonly registry: string;
  /** The repository, with `library/` where docker.io needs it. */
  readonly repository: string;
  /** Absent where a digest is given; `latest` where nothing is. */
  readonly tag?: string;
  readonly digest?: Digest;
}

const mostCharacters = 1024;
const defaultTag = 'latest';
const noDigest = `sha256:${'0'.repeat(64)}`;
const dockerHub = 'docker.io';

// The grammar of https://github.com/distribution/reference, but without a tag and a digest at once, as upstream.
const domain = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/u;
const pathPart = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/u;
const tagText = /^\w[\w.-]{0,127}$/u;
const digestText = /^sha256:[0-9a-fA-F]{64}$/u;

/**
 * Reads `[host[:port]/]repository[:tag]` or `...@sha256:DIGEST`. A first part with a dot or a port, or `localhost`, is a
 * host; without one the image is on docker.io, as docker and containerd both read it. Throws `INVALID_ARGUMENT`.
 */
export function parseImageReference(text: string): ImageReference {
  const [name = '', digest, ...more] = text.split('@');
  const { registry, path } = splitHost(name);
  const [repository = '', tag, ...ports] = path.split(':');
  const checks: readonly (readonly [holds: boolean, otherwise: string])[] = [
    [text.length <= mostCharacters, `is longer than ${String(mostCharacters)} characters`],
    [
      more.length === 0 && digestText.test(digest ?? noDigest),
      'has no digest of the form sha256:... behind its @',
    ],
    [tag === undefined || digest === undefined, 'has a tag and a digest; one of them is enough'],
    [ports.length === 0 && tagText.test(tag ?? defaultTag), 'has no valid tag behind its :'],
    [domain.test(registry), 'names no valid host'],
    [repository.split('/').every((part) => pathPart.test(part)), 'names no valid repository'],
  ];
  const [, why] = checks.find(([holds]) => !holds) ?? [];
  if (why !== undefined) {
    const shown = JSON.stringify(text.slice(0, mostCharacters));
    throw new KubeosError('INVALID_ARGUMENT', `The image reference ${shown} ${why}`);
  }
  return {
    registry,
    repository: inLibrary(registry, repository),
    ...(digest === undefined
      ? { tag: tag ?? defaultTag }
      : { digest: digest.toLowerCase() as Digest }),
  };
}

/** The whole name of an image, as containerd keeps it: nothing is left to be guessed. */
export function formatImageReference(reference: ImageReference): string {
  const { registry, repository, tag = defaultTag, digest } = reference;
  return `${registry}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}

/** The host that serves a registry, which for docker.io is not the one of its name. */
export function registryHost({ registry }: ImageReference): string {
  return registry === dockerHub ? 'registry-1.docker.io' : registry;
}

function splitHost(name: string): { readonly registry: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/u.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  if (slash === -1 || !isHost) return { registry: dockerHub, path: name };
  const registry = first === 'index.docker.io' ? dockerHub : first;
  return { registry, path: name.slice(slash + 1) };
}

function inLibrary(registry: string, repository: string): string {
  return registry === dockerHub && !repository.includes('/') ? `library/${repository}` : repository;
}
