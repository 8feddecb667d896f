import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatImageReference,
  hasCode,
  KubeosError,
  type Digest,
  type ImageReference,
} from '@kubeos/core';
import { observe } from '../byte-stream.ts';
import { readNodeCredentials } from '../registry/credentials.ts';
import { referenceOf, selfVerifying } from '../payload/image-payload.ts';
import { payloadName, payloadOfLayers } from '../payload/layer-payload.ts';
import type { OpenPayload, PayloadSource, SourceDeps, SourceWatch } from '../payload/source.ts';
import { createRunEngine, streamOf, type RunEngine } from './engine-program.ts';
import { whilePulling } from './pull-watch.ts';

/** Our mark on containers, by which one that a killed agent left is found again: never by its name, which may be anybody's. */
const mark = 'upgrade.openeuler.org/prepare';
const pullTimeoutMs = 2 * 60 * 60_000;
/** Shorter than the time within which a Prepare has to react to its end. */
const cleanTimeoutMs = 20_000;

/** What docker knows of an image. */
interface DockerImage {
  readonly id: string;
  readonly digests: readonly string[];
}

/** What one use of docker needs. */
interface Docker {
  readonly run: RunEngine;
  readonly env: Readonly<Record<string, string>>;
}

/** An image that docker pulls. Its payload is streamed out of a container that is never started. */
export const dockerSource: PayloadSource = {
  check: async (payload, deps) => {
    referenceOf(payload);
    await createRunEngine(deps.exec, 'docker')(['version', '--format', '{{.Server.Version}}']);
  },
  open: async (payload, deps, watch) => {
    const reference = referenceOf(payload);
    const name = formatImageReference(reference);
    const docker = await prepareDocker(reference, deps);
    const undo: (() => Promise<unknown>)[] = [docker.forget];
    const close = async (): Promise<void> => {
      for (const step of undo.toReversed()) await step().catch(() => undefined);
    };
    try {
      await removeLeftContainers(docker);
      if ((await inspectImage(docker, name)) === undefined) {
        undo.push(() => docker.run(['image', 'rm', name], { timeoutMs: cleanTimeoutMs }));
      }
      await pull(docker, name, deps, watch);
      const image = await inspectImage(docker, name);
      requireDigest(image, payload.digest);
      const container = await createContainer(docker, image?.id ?? name, watch.signal);
      undo.push(() => removeContainer(docker, container));
      return streamPayload(docker, container, deps, watch, close);
    } catch (thrown) {
      await close();
      throw thrown;
    }
  },
};

/** The engine asks the registry itself: it is given our credentials in a file, never in an argument. */
async function prepareDocker(
  { registry }: ImageReference,
  deps: SourceDeps,
): Promise<Docker & { readonly forget: () => Promise<void> }> {
  const folder = join(deps.workDir, 'docker');
  const forget = (): Promise<void> => rm(folder, { recursive: true, force: true });
  await forget();
  const credentials = await readNodeCredentials(deps.registryAuthFile, registry);
  const env: Record<string, string> = {};
  if (credentials !== undefined) {
    const auth = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
    const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const config = JSON.stringify({ auths: { [server]: { auth } } });
    await writeFile(join(folder, 'config.json'), config, { mode: 0o600 });
    env['DOCKER_CONFIG'] = folder;
  }
  const plain = createRunEngine(deps.exec, 'docker');
  return { env, forget, run: (args, options) => plain(args, { env, ...options }) };
}

async function removeLeftContainers({ run }: Docker): Promise<void> {
  const listed = await run(['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${mark}`]);
  for (const id of listed.split('\n').filter((line) => line !== '')) {
    await removeContainer({ run }, id);
  }
}

function removeContainer({ run }: Pick<Docker, 'run'>, id: string): Promise<string> {
  return run(['rm', '--force', '--volumes', id], { timeoutMs: cleanTimeoutMs });
}

async function inspectImage({ run }: Docker, name: string): Promise<DockerImage | undefined> {
  const format = '{{json .Id}}\t{{json .RepoDigests}}';
  try {
    const text = await run(['image', 'inspect', '--format', format, name]);
    const [id = '', digests = ''] = text.split('\t');
    return { id: JSON.parse(id) as string, digests: JSON.parse(digests) as string[] };
  } catch (thrown) {
    if (
      hasCode(thrown, 'COMMAND_FAILED') &&
      /no such image/iu.test(String(thrown.details['stderr']))
    ) {
      return undefined;
    }
    throw thrown;
  }
}

async function pull(
  docker: Docker,
  name: string,
  deps: SourceDeps,
  { signal, progress }: SourceWatch,
): Promise<void> {
  const root = (await docker.run(['info', '--format', '{{.DockerRootDir}}'])).trim();
  const options = { signal, timeoutMs: pullTimeoutMs };
  await whilePulling(
    () => docker.run(['pull', '--quiet', name], options),
    () => listDownloads(join(root, 'tmp')),
    progress,
    deps.clock,
  );
}

/** Where docker keeps layers that are on their way, each in a file of its own. */
async function listDownloads(folder: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(folder)) {
    if (name.startsWith('GetImageBlob')) sizes.set(name, (await stat(join(folder, name))).size);
  }
  return sizes;
}

/** An image has a digest for each repository that it was pulled from; each of them vouches for the same content. */
function requireDigest(image: DockerImage | undefined, wanted: Digest): void {
  const digests = (image?.digests ?? []).map((text) => text.slice(text.lastIndexOf('@') + 1));
  if (digests.some((digest) => digest.toLowerCase() === wanted)) return;
  const found = digests.length === 0 ? 'no digest' : digests.join(', ');
  throw new KubeosError('DIGEST_MISMATCH', `The image has ${found}, not ${wanted}`, {
    details: { wanted, found },
  });
}

/** The command is never run; docker only wants one where the image names none. */
async function createContainer(
  { run }: Docker,
  image: string,
  signal: AbortSignal,
): Promise<string> {
  const args = ['create', '--network', 'none', '--label', mark, image, 'none'];
  const id = (await run(args, { signal, timeoutMs: 5 * 60_000 })).trim();
  if (/^[0-9a-f]{64}$/u.test(id)) return id;
  throw new KubeosError('COMMAND_FAILED', 'docker created a container and did not tell its id');
}

function streamPayload(
  { env }: Docker,
  container: string,
  { clock }: SourceDeps,
  { signal, progress }: SourceWatch,
  close: () => Promise<void>,
): OpenPayload {
  const args = ['cp', `${container}:/${payloadName}`, '-'];
  const archive = streamOf('docker', args, { signal, clock, env });
  progress.begin('Writing');
  const counted = observe(archive, (chunk) => progress.moved(chunk.length));
  async function* layers(): AsyncGenerator<AsyncIterable<Buffer>> {
    yield counted;
  }
  return selfVerifying(payloadOfLayers(layers()), close);
}
