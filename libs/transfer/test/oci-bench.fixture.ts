import { expect } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { dirname, join } from 'node:path';
import type { Descriptor, Payload } from '@kubeos/core';
import { agentFiles, exec } from '@kubeos/host';
import {
  login,
  openRepository,
  passOn,
  type RegistryServer,
  type RegistrySetup,
  type Repository,
  startRegistry,
} from '@kubeos/testing';
import { makeLayer } from './oci-layer.ts';
import { makeCertificates, serve, type PayloadServer } from './payload-server.ts';
import { compress, digestOf, mib, openSlotBench, unwatched, type SlotBench } from './slot-bench.ts';

/** True when the request was answered; otherwise it is passed on. */
type Front = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Slots on a disk, and a registry with an image for them. */
export interface OciBench extends SlotBench {
  readonly certsDir: string;
  /** Key and certificate of a server. */
  readonly tls: ServerOptions;
  /** A registry that lets everybody do everything. */
  readonly open: RegistryServer;
  readonly repository: Repository;
  /** `kubeos/os:2`. */
  readonly image: Descriptor;
  readonly rootImage: Buffer;
  /** What its layer holds, not packed. */
  readonly layer: Buffer;
  /** A root file system as a folder. */
  readonly tree: string;
  /** Starts another registry with the same images. */
  start(setup: Partial<RegistrySetup>): Promise<RegistryServer>;
  listen(listener: RequestListener, options?: ServerOptions): Promise<PayloadServer>;
  /** A registry that passes on to the open one, and notes what it is asked for; its host. */
  startFront(answer: Front, options?: ServerOptions): Promise<string>;
  /** Paths that fronts were asked for in this test. */
  readonly fetched: readonly string[];
  /** Writes the credentials of the node. */
  logIn(host: string, password?: string, mode?: number): Promise<void>;
  payloadOf(host: string, change?: Partial<Payload>, name?: string): Payload;
  expectInstalled(payload: Payload): Promise<void>;
  expectFailure(code: string, payload: Payload, message?: string): Promise<void>;
  /** Ends what one test has started. */
  afterTest(): Promise<void>;
}

/** Opens the bench; `close` ends everything. */
export async function openOciBench(imageType: Payload['imageType'] = 'oci'): Promise<OciBench> {
  const bench = await openSlotBench();
  const { folder, store } = bench;
  const certsDir = join(folder, 'certs');
  await makeCertificates(certsDir);
  const read = (name: string): Promise<Buffer> => readFile(join(certsDir, name));
  const tls = { key: await read('server.key'), cert: await read('server.pem') };
  const open = await startRegistry({ folder });
  const repository = openRepository(open.url, 'kubeos/os');
  const tree = await makeTree(folder);
  const rootImage = await makeRootImage(folder, tree);
  const layer = await makeLayer({ 'os.tar': rootImage });
  const image = await repository.image([await compress('gzip', folder, layer)], '2');
  const closers: (() => Promise<unknown>)[] = [];
  const fetched: string[] = [];
  const authFile = join(folder, 'registry-auth.json');

  const listen: OciBench['listen'] = async (listener, options) => {
    const server = await serve(listener, options);
    closers.push(() => server.close());
    return server;
  };
  return {
    ...bench,
    ...{ certsDir, tls, open, repository, image, rootImage, layer, tree, fetched, listen },
    start: async (setup) => {
      const server = await startRegistry({ folder, ...setup });
      closers.push(() => server.close());
      return server;
    },
    startFront: async (answer, options) => {
      const front = await listen((request, response) => {
        fetched.push(request.url ?? '');
        if (!answer(request, response)) passOn(open.url, request, response);
      }, options);
      return new URL(front.url).host;
    },
    logIn: async (host, password = login.password, mode = 0o600) => {
      const auth = Buffer.from(`${login.user}:${password}`).toString('base64');
      await writeFile(authFile, JSON.stringify({ auths: { [host]: { auth } } }));
      await chmod(authFile, mode);
    },
    payloadOf: (host, change = {}, name = 'kubeos/os:2') => ({
      imageType,
      image: `${host}/${name}`,
      digest: image.digest,
      allowInsecure: true,
      mutualTls: false,
      ...change,
    }),
    expectInstalled: async (payload) => {
      await store.invalidate('B');
      await store.check(payload);
      const installed = await store.install('B', payload, unwatched);
      expect(installed).toEqual({ payloadDigest: payload.digest, slotDigest: digestOf(rootImage) });
      expect(await store.digest('B')).toBe(installed.slotDigest);
      expect(await store.inspect('B')).toMatchObject({ version: 'KubeOS 2.0', hasAgent: true });
    },
    expectFailure: async (code, payload, message = '') => {
      await expect(store.install('B', payload, unwatched)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
      expect((await bench.head()).equals(Buffer.alloc(mib))).toBe(true);
    },
    afterTest: async () => {
      for (const close of closers.splice(0)) await close();
      await rm(authFile, { force: true });
      fetched.length = 0;
    },
    close: async () => {
      await open.close();
      await bench.close();
    },
  };
}

async function makeTree(folder: string): Promise<string> {
  const tree = join(folder, 'tree');
  const put = async (path: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
  };
  await put('etc/os-release', 'PRETTY_NAME="KubeOS 2.0"\n');
  await put('boot/vmlinuz', randomBytes(mib));
  for (const path of agentFiles) await put(path, 'agent');
  return tree;
}

async function makeRootImage(folder: string, tree: string): Promise<Buffer> {
  const path = join(folder, 'root-image');
  await exec('mkfs.ext4', ['-q', '-F', '-d', tree, path, '12M']);
  return readFile(path);
}
