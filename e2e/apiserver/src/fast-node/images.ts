/** Root images as far as a fast node can tell them apart, and the server that it fetches them from. */
import { createHash } from 'node:crypto';
import { KubeosError, type Digest, type InstallWatch, type Payload } from '@kubeos/core';

/** How far a system comes when it is booted. */
export type Reach = 'kernel' | 'agent' | 'kubelet';

/** A root image. */
export interface FastImage {
  /** PRETTY_NAME. */
  readonly version: string;
  /** Digest of the download. */
  readonly digest: Digest;
  /** Digest of the slot that holds it. */
  readonly slotDigest: Digest;
  readonly hasAgent: boolean;
  /** `kernel`: it panics before any program of ours; `agent`: everything but the kubelet comes up. */
  readonly reaches: Reach;
  /** Which agent is in it: that of today, or one of before settings and registries. */
  readonly agent: 'today' | 'earlier';
}

/** A sound image of this version unless told otherwise; two that differ in anything differ in their digests. */
export function fastImage(
  version: string,
  differs: Partial<Pick<FastImage, 'hasAgent' | 'reaches' | 'agent'>> & {
    readonly build?: number;
  } = {},
): FastImage {
  const { hasAgent = true, reaches = 'kubelet', agent = 'today', build = 1 } = differs;
  const content = JSON.stringify([version, hasAgent, reaches, agent, build]);
  const digest = digestOf(`download ${content}`);
  return { version, digest, slotDigest: digestOf(`slot ${content}`), hasAgent, reaches, agent };
}

/** Digest of a text. */
function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Really fetches an image, and tells what it holds. */
export type FetchImage = (payload: Payload, watch: InstallWatch) => Promise<FastImage>;

interface Shelf {
  readonly image: FastImage;
  /** Downloads of it wait until this opens. */
  gate: PromiseWithResolvers<void> | undefined;
}

const totalBytes = 64 * 1_048_576;

/** Serves images by URL. */
export class FastImageServer {
  readonly #shelves = new Map<string, Shelf>();
  readonly #fetchers = new Map<string, FetchImage>();
  readonly #fetches: string[] = [];

  /** Every download that was begun, by URL. */
  get fetches(): readonly string[] {
    return this.#fetches;
  }

  /** Puts the image behind the URL, and gives the URL. */
  offer(name: string, image: FastImage): string {
    const url = `https://images.example.org/${name}`;
    this.offerAt(url, image);
    return url;
  }

  /** Puts the image behind a whole URL or the reference of a registry. */
  offerAt(source: string, image: FastImage): void {
    this.#shelves.set(source, { image, gate: undefined });
  }

  /** What is behind this source is really fetched. */
  fetchBy(source: string, fetch: FetchImage): void {
    this.#fetchers.set(source, fetch);
  }

  /** From now on downloads of this URL stop half-way. */
  hold(url: string): void {
    const shelf = this.#shelves.get(url);
    if (shelf !== undefined) shelf.gate ??= Promise.withResolvers();
  }

  /** Lets all that were held go on. */
  letGo(url: string): void {
    const shelf = this.#shelves.get(url);
    shelf?.gate?.resolve();
    if (shelf !== undefined) shelf.gate = undefined;
  }

  /** Downloads a payload and verifies it. Throws the codes of a transfer. */
  async fetch(payload: Payload, watch: InstallWatch): Promise<FastImage> {
    const { image = '', url = image } = payload;
    const { signal } = watch;
    this.#fetches.push(url);
    const fetcher = this.#fetchers.get(url);
    if (fetcher !== undefined) return fetcher(payload, watch);
    const shelf = this.#shelves.get(url);
    if (shelf === undefined) throw new KubeosError('SOURCE_NOT_FOUND', `${url}: 404`);
    const progress = { step: 'Writing', bytesTotal: totalBytes };
    watch.onProgress({ ...progress, bytesDone: totalBytes / 2 });
    if (shelf.gate !== undefined) await orAborted(shelf.gate.promise, signal);
    signal.throwIfAborted();
    if (shelf.image.digest !== payload.digest) {
      throw new KubeosError('DIGEST_MISMATCH', `${url} has digest ${shelf.image.digest}`);
    }
    watch.onProgress({ ...progress, bytesDone: totalBytes });
    return shelf.image;
  }
}

async function orAborted(waited: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([waited, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
