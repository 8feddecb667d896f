import { createReadStream } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatImageReference,
  KubeosError,
  readManifest,
  selectPlatform,
  type Descriptor,
  type Digest,
  type ImageManifest,
} from '@kubeos/core';
import { errnoOf, storageError } from '@kubeos/host';
import { observe } from '../byte-stream.ts';
import { ownPlatform, referenceOf, selfVerifying } from '../payload/image-payload.ts';
import { payloadName, payloadOfLayers } from '../payload/layer-payload.ts';
import type { OpenPayload, PayloadSource, SourceDeps, SourceWatch } from '../payload/source.ts';
import { verified } from '../payload/verified.ts';
import { createRunEngine, isInstalled, streamOf, type RunEngine } from './engine-program.ts';
import { parseActiveContent, parseImage, type ListedImage } from './ctr-output.ts';
import { whilePulling } from './pull-watch.ts';

/** Where the images of kubelet are, and upstream's. */
const namespace = ['--namespace', 'k8s.io'];
/** Our mark on images that were not there before, so that one that a killed agent left is removed after all. */
const mark = 'upgrade.openeuler.org/prepare';
const pullTimeoutMs = 2 * 60 * 60_000;
/** Shorter than the time within which a Prepare has to react to its end. */
const cleanTimeoutMs = 20_000;

/** An image that containerd pulls. Its layers are read as they came; only where they are gone is the image mounted. */
export const containerdSource: PayloadSource = {
  check: async (payload, deps) => {
    referenceOf(payload);
    await createRunEngine(deps.exec, 'ctr')(['version']);
  },
  open: async (payload, deps, watch) => {
    const name = formatImageReference(referenceOf(payload));
    const ctr = createCtr(deps);
    const undo: (() => Promise<unknown>)[] = [];
    const close = async (): Promise<void> => {
      for (const step of undo.toReversed()) await step().catch(() => undefined);
    };
    try {
      const puller = await choosePuller(name, ctr, deps);
      const before = await findImage(ctr, name);
      const isOurs = before === undefined || before.isOurs;
      if (isOurs) undo.push(puller.remove);
      await whilePulling(
        () => puller.pull(isOurs, { signal: watch.signal, timeoutMs: pullTimeoutMs }),
        async () => parseActiveContent(await ctr(['content', 'active'])),
        watch.progress,
        deps.clock,
      );
      const target = await findImage(ctr, name);
      requireDigest(target?.digest, payload.digest);
      const image = await readImage(ctr, payload.digest);
      const stored = new Set((await ctr(['content', 'ls', '--quiet'])).split('\n'));
      if (image.layers.every(({ digest }) => stored.has(digest))) {
        return streamLayers(image, deps, watch, close);
      }
      const folder = join(deps.workDir, 'containerd');
      await mountImage(ctr, name, folder, undo);
      return streamFile(join(folder, payloadName), watch, close);
    } catch (thrown) {
      await close();
      throw thrown;
    }
  },
};

function createCtr({ exec }: SourceDeps): RunEngine {
  const run = createRunEngine(exec, 'ctr');
  return (args, options) => run([...namespace, ...args], options);
}

/** The two ways to pull, and to remove what was pulled. */
interface Puller {
  readonly pull: (isOurs: boolean, options: Parameters<RunEngine>[1]) => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
}

/**
 * With crictl, as upstream, the registries of containerd's configuration are asked with its credentials. Without it ctr
 * fetches into containerd's content and unpacks nothing, which saves the space of a second copy.
 */
async function choosePuller(name: string, ctr: RunEngine, deps: SourceDeps): Promise<Puller> {
  const clean = { timeoutMs: cleanTimeoutMs };
  if (await isInstalled(deps.exec, 'crictl')) {
    const crictl = createRunEngine(deps.exec, 'crictl');
    return {
      pull: (_isOurs, options) => crictl(['pull', name], options),
      remove: () => crictl(['rmi', name], clean),
    };
  }
  const hosts = ['--hosts-dir', deps.containerdHostsDir];
  return {
    pull: (isOurs, options) =>
      ctr(
        ['content', 'fetch', ...hosts, ...(isOurs ? ['--label', `${mark}=1`] : []), name],
        options,
      ),
    remove: () => ctr(['images', 'rm', '--sync', name], clean),
  };
}

async function findImage(ctr: RunEngine, name: string): Promise<ListedImage | undefined> {
  return parseImage(await ctr(['images', 'ls', `name==${name}`]), name, mark);
}

function requireDigest(found: Digest | undefined, wanted: Digest): void {
  if (found === wanted) return;
  throw new KubeosError(
    'DIGEST_MISMATCH',
    `The image has ${found === undefined ? 'no digest' : `digest ${found}`}, not ${wanted}`,
    { details: { wanted, found: found ?? '' } },
  );
}

async function readImage(ctr: RunEngine, digest: Digest): Promise<ImageManifest> {
  const get = (wanted: Digest): Promise<string> =>
    ctr(['content', 'get', wanted], { outputLimitBytes: 4 * 1024 * 1024 });
  const top = readManifest(await get(digest));
  if (top.kind === 'image') return top;
  const image = readManifest(await get(selectPlatform(top, ownPlatform()).digest));
  if (image.kind === 'image') return image;
  throw new KubeosError('PAYLOAD_UNKNOWN', 'The image of the platform is an index again');
}

function streamLayers(
  { layers }: ImageManifest,
  { clock }: SourceDeps,
  { signal, progress }: SourceWatch,
  close: () => Promise<void>,
): OpenPayload {
  async function* read(): AsyncGenerator<AsyncIterable<Buffer>> {
    for (const layer of layers) yield verified(observe(open(layer), count), layer);
  }
  const count = (chunk: Buffer): void => progress.moved(chunk.length);
  const open = ({ digest }: Descriptor): AsyncIterable<Buffer> =>
    streamOf('ctr', [...namespace, 'content', 'get', digest], { signal, clock });
  progress.begin(
    'Writing',
    layers.reduce((sum, { size }) => sum + size, 0),
  );
  return selfVerifying(payloadOfLayers(read()), close);
}

/** Containerd may be told to keep no layers that it has unpacked; what they held is there all the same. */
async function mountImage(
  ctr: RunEngine,
  name: string,
  folder: string,
  undo: (() => Promise<unknown>)[],
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  undo.push(() => rmdir(folder));
  const unmount = ['images', 'unmount', '--rm', folder];
  // One that a killed agent left would be in the way.
  await ctr(unmount, { timeoutMs: cleanTimeoutMs }).catch(() => undefined);
  undo.push(() => ctr(unmount, { timeoutMs: cleanTimeoutMs }));
  await ctr(['images', 'mount', name, folder], { timeoutMs: 10 * 60_000 });
}

function streamFile(
  path: string,
  { signal, progress }: SourceWatch,
  close: () => Promise<void>,
): OpenPayload {
  async function* read(): AsyncGenerator<Buffer> {
    try {
      const file = createReadStream(path, { signal, highWaterMark: 1024 * 1024 });
      yield* file as AsyncIterable<Buffer>;
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENOENT') {
        throw new KubeosError('PAYLOAD_UNKNOWN', `The image holds no file /${payloadName}`);
      }
      throw storageError(thrown, 'Cannot read the image');
    }
  }
  progress.begin('Writing');
  const counted = observe(read(), (chunk) => progress.moved(chunk.length));
  return selfVerifying(counted, close);
}
