import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { constants, mkdir, open, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { InstallWatch, OperationProgress, Payload } from '@kubeos/core';
import { agentFiles, exec, type Exec } from '@kubeos/host';
import { describeSlotStore } from '@kubeos/testing';
import { serve, serveBody, type PayloadServer } from '../test/payload-server.ts';
import {
  compress,
  digestOf,
  mib,
  openSlotBench,
  payloadOf,
  unwatched,
  type SlotBench,
} from '../test/slot-bench.ts';

let bench: SlotBench;
let server: PayloadServer;
let body: Buffer = Buffer.alloc(0);
const payloads = new Map<string, Buffer>();

beforeAll(async () => {
  bench = await openSlotBench();
  server = await serve((request, response) => serveBody(body)(request, response));
  const tree = join(bench.folder, 'tree');
  const put = async (path: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
  };
  await put('etc/os-release', 'PRETTY_NAME="KubeOS 2.0"\n');
  await put('boot/vmlinuz', randomBytes(mib));
  await put('opt/random', randomBytes(5 * mib));
  for (const path of agentFiles) await put(path, 'agent');
  const image = join(bench.folder, 'image');
  await exec('mkfs.ext4', ['-q', '-F', '-d', tree, image, '12M']);
  await exec('tar', ['-C', tree, '--numeric-owner', '-cf', join(bench.folder, 'tar'), '.']);
  for (const kind of ['image', 'tar']) {
    const plain = await readFile(join(bench.folder, kind));
    payloads.set(`${kind} plain`, plain);
    for (const program of ['gzip', 'zstd', 'xz']) {
      payloads.set(`${kind} ${program}`, await compress(program, bench.folder, plain));
    }
  }
});
afterAll(async () => {
  await server.close();
  await bench.close();
});
afterEach(async () => {
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(bench.folder);
  expect(await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).toBe('');
  await server.idle();
});

function load(name: string): Buffer {
  body = payloads.get(name) ?? Buffer.alloc(0);
  return body;
}

async function expectUnloadable(): Promise<void> {
  expect((await bench.head()).equals(Buffer.alloc(mib))).toBe(true);
  expect(await bench.store.inspect('B')).not.toHaveProperty('version');
}

async function expectFailure(code: string, change: Partial<Payload> = {}): Promise<void> {
  const payload = payloadOf(server.url, body, change);
  const installing = bench.store.install('B', payload, unwatched);
  await expect(installing).rejects.toMatchObject({ code });
  await expectUnloadable();
}

/** An image that both slots have room for. */
async function loadSmall(): Promise<void> {
  const tree = join(bench.folder, 'small-tree');
  await mkdir(join(tree, 'etc'), { recursive: true });
  await writeFile(join(tree, 'etc/os-release'), 'PRETTY_NAME="KubeOS 2.0"\n');
  const image = join(bench.folder, 'small-image');
  await exec('mkfs.ext4', ['-q', '-F', '-d', tree, image, '3M']);
  body = await readFile(image);
}

describeSlotStore('on a disk', async () => {
  await loadSmall();
  const payload = payloadOf(server.url, body);
  return { slots: bench.store, payload, version: 'KubeOS 2.0', hasAgent: false };
});

describe('install', () => {
  it.each(
    ['image', 'tar'].flatMap((kind) =>
      ['plain', 'gzip', 'zstd', 'xz'].map((encoding) => [`${kind} ${encoding}`]),
    ),
  )(
    'B-45: puts %s into the slot in one pass, reads it back, and tells both digests',
    async (name) => {
      const payload = payloadOf(server.url, load(name));
      const installed = await bench.store.install('B', payload, unwatched);
      expect(installed.payloadDigest).toBe(payload.digest);
      expect(installed.slotDigest).toBe(await bench.store.digest('B'));
      if (name.startsWith('image')) {
        expect(installed.slotDigest).toBe(digestOf(payloads.get('image plain') ?? body));
      }
      expect(await bench.store.inspect('B')).toEqual({
        sizeBytes: 24 * mib,
        version: 'KubeOS 2.0',
        hasAgent: true,
      });
    },
  );

  it.each(['image plain', 'tar plain'])('reports how far it is with %s', async (name) => {
    const seen: OperationProgress[] = [];
    const watch = {
      ...unwatched,
      onProgress: (progress: OperationProgress) => seen.push(progress),
    };
    const length = load(name).length;
    await bench.store.install('B', payloadOf(server.url, body), watch);
    const ofStep = (wanted: string): OperationProgress[] =>
      seen.filter(({ step }) => step === wanted);
    const fetching = ofStep('Fetching');
    expect(fetching[0]).toEqual({ step: 'Fetching', bytesDone: 0, bytesTotal: length });
    expect(fetching.at(-1)).toEqual({ step: 'Fetching', bytesDone: length, bytesTotal: length });
    const counts = fetching.map(({ bytesDone }) => bytesDone);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ step: 'Verifying' });
    // Reading back takes its time too.
    const last = ofStep('Verifying').at(-1)?.bytesDone;
    expect(last).toBe(name === 'tar plain' ? 24 * mib : 0);
  });

  it('says when the kernel is not what it was under its other name', async () => {
    let unmounts = 0;
    const exchanging: Exec = async (file, args, options) => {
      const result = await exec(file, args, options);
      if (file === 'umount' && (unmounts += 1) === 3) {
        const device = bench.disk.partition(2);
        await exec('debugfs', ['-w', '-R', 'rm /boot/vmlinuz', device]);
        await exec('debugfs', ['-w', '-R', 'write /proc/version /boot/vmlinuz', device]);
      }
      return result;
    };
    const payload = payloadOf(server.url, load('tar plain'));
    const installing = bench.storeWith({ exec: exchanging }).install('B', payload, unwatched);
    await expect(installing).rejects.toMatchObject({ code: 'READ_BACK_MISMATCH' });
    await expectUnloadable();
  });

  it('takes an image that is longer than its file system', async () => {
    body = Buffer.concat([load('image plain'), randomBytes(1234)]);
    const { slotDigest } = await bench.store.install('B', payloadOf(server.url, body), unwatched);
    expect(slotDigest).toBe(digestOf(payloads.get('image plain') ?? body));
    expect(await bench.store.digest('B')).toBe(slotDigest);
  });
});

describe('install leaves the slot unloadable', () => {
  it.each(['image plain', 'image zstd', 'tar plain', 'tar gzip'])(
    'when the digest of %s is wrong',
    async (name) => {
      load(name);
      await expectFailure('DIGEST_MISMATCH', { digest: digestOf(Buffer.from('other')) });
    },
  );

  it.each(['image', 'tar'])('B-42: when the slot is too small for the %s', async (kind) => {
    const payload = payloadOf(server.url, load(`${kind} gzip`));
    const installing = bench.store.install('A', payload, unwatched);
    await expect(installing).rejects.toMatchObject({ code: 'SLOT_TOO_SMALL' });
    expect(await bench.store.inspect('A')).not.toHaveProperty('version');
  });

  it('when the image goes on behind the end of the slot', async () => {
    body = Buffer.concat([load('image plain'), Buffer.alloc(13 * mib)]);
    await expectFailure('SLOT_TOO_SMALL');
  });

  it('when the image is shorter than its file system', async () => {
    body = load('image plain').subarray(0, 7 * mib);
    await expectFailure('PAYLOAD_CORRUPT');
  });

  it.each(['image gzip', 'image zstd', 'image xz', 'tar plain', 'tar gzip', 'tar zstd'])(
    'when %s is cut off',
    async (name) => {
      body = load(name).subarray(0, load(name).length >> 1);
      await expectFailure('PAYLOAD_CORRUPT');
    },
  );

  it.each(['image gzip', 'image zstd', 'image xz'])('when %s is damaged', async (name) => {
    body = Buffer.from(load(name));
    body.fill(0x55, body.length >> 1, (body.length >> 1) + 1000);
    await expectFailure('PAYLOAD_CORRUPT');
  });

  it('when the payload is something else', async () => {
    body = Buffer.from('<html>'.repeat(1000));
    await expectFailure('PAYLOAD_UNKNOWN');
    body = Buffer.alloc(0);
    await expectFailure('PAYLOAD_UNKNOWN');
  });

  it('when there is no payload', async () => {
    const missing = await serve((_, response) => response.writeHead(404).end());
    await expectFailure('SOURCE_NOT_FOUND', { url: missing.url });
    await missing.close();
  });

  it.each(['image plain', 'image zstd', 'tar plain'])('when %s is cancelled', async (name) => {
    const controller = new AbortController();
    const watch = {
      signal: controller.signal,
      onProgress: ({ bytesDone }: OperationProgress) => {
        if (bytesDone > 2 * mib) controller.abort();
      },
    };
    const installing = bench.store.install('B', payloadOf(server.url, load(name)), watch);
    await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
    await expectUnloadable();
  });
});

describe('a failure before the payload is read', () => {
  // More than fits into the pipes and sockets on its way.
  const unknown = randomBytes(12 * mib);
  const large = (name: string): Buffer => Buffer.concat([load(name), unknown]);
  const noFileSystem: Exec = (file, args, options) =>
    exec(file === 'mkfs.ext4' ? 'false' : file, args, options);

  const expectCode = async (code: string, store = bench.store): Promise<void> => {
    const installing = store.install('B', payloadOf(server.url, body), unwatched);
    await expect(installing).rejects.toMatchObject({ code });
  };

  it.each(['gzip', 'zstd'])('in %s leaves no decoder and no connection', async (program) => {
    body = await compress(program, bench.folder, unknown);
    await expectCode('PAYLOAD_UNKNOWN');
  });

  it('leaves no connection', async () => {
    body = unknown;
    await expectCode('PAYLOAD_UNKNOWN');
  });

  it.each(['plain', 'zstd'])('leaves nothing when %s is too large', async (encoding) => {
    body = large('image plain');
    body.writeUInt32LE(100_000, 0x404);
    if (encoding === 'zstd') body = await compress('zstd', bench.folder, body);
    await expectCode('SLOT_TOO_SMALL');
  });

  it.each(['plain', 'zstd'])('leaves nothing when %s finds no file system', async (encoding) => {
    body = large('tar plain');
    if (encoding === 'zstd') body = await compress('zstd', bench.folder, body);
    await expectCode('COMMAND_FAILED', bench.storeWith({ exec: noFileSystem }));
  });

  it.each(['plain', 'zstd'])('leaves nothing when %s finds the slot in use', async (encoding) => {
    body = large('image plain');
    if (encoding === 'zstd') body = await compress('zstd', bench.folder, body);
    const holders: FileHandle[] = [];
    const busy = await serve((request, response) => {
      void open(bench.disk.partition(2), constants.O_RDWR | constants.O_EXCL).then((holder) => {
        holders.push(holder);
        serveBody(body)(request, response);
      });
    });
    const installing = bench.store.install('B', payloadOf(busy.url, body), unwatched);
    await expect(installing).rejects.toMatchObject({ code: 'SLOT_REFUSED' });
    expect(holders).toHaveLength(1);
    await holders[0]?.close();
    await busy.idle();
    await busy.close();
  });
});

/** Aborts with the first report of a step of which something is done. */
function cancelIn(wanted: string): InstallWatch {
  const controller = new AbortController();
  const onProgress = ({ step, bytesDone }: OperationProgress): void => {
    if (step === wanted && bytesDone > 0) controller.abort();
  };
  return { signal: controller.signal, onProgress };
}

describe('a slot', () => {
  it('is not read to the end when that is cancelled', async () => {
    await expect(bench.store.digest('B', cancelIn('Verifying'))).rejects.toThrow('abort');
    const payload = payloadOf(server.url, load('tar plain'));
    const installing = bench.store.install('B', payload, cancelIn('Verifying'));
    await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
    await expectUnloadable();
  });

  it('is not given a file system when that is cancelled', async () => {
    const controller = new AbortController();
    const slow: Exec = (file, args, options) => {
      if (file !== 'mkfs.ext4') return exec(file, args, options);
      setImmediate(() => controller.abort());
      return exec('sleep', ['60'], options);
    };
    const watch = { ...unwatched, signal: controller.signal };
    const payload = payloadOf(server.url, load('tar plain'));
    const installing = bench.storeWith({ exec: slow }).install('B', payload, watch);
    await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.each(['docker', 'containerd', 'oci'] as const)(
    'is not touched by the look at an image of type %s that has no name',
    async (imageType) => {
      await bench.store.install('B', payloadOf(server.url, load('image plain')), unwatched);
      const payload = payloadOf(server.url, body, { imageType });
      const checking = bench.store.check(payload);
      await expect(checking).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await bench.store.digest('B')).toBe(digestOf(body));
    },
  );

  it('is never written while it is mounted', async () => {
    await bench.store.install('B', payloadOf(server.url, load('image plain')), unwatched);
    const elsewhere = join(bench.folder, 'elsewhere');
    await mkdir(elsewhere);
    await exec('mount', ['-o', 'ro', bench.disk.partition(2), elsewhere]);
    try {
      const payload = payloadOf(server.url, body);
      const refused = { code: 'SLOT_REFUSED' };
      await expect(bench.store.install('B', payload, unwatched)).rejects.toMatchObject(refused);
      await expect(bench.store.invalidate('B')).rejects.toMatchObject(refused);
      expect(await bench.store.digest('B')).toBe(digestOf(body));
    } finally {
      await exec('umount', [elsewhere]);
    }
  });

  it('is taken back from a mount that a killed installation left behind', async () => {
    await bench.store.install('B', payloadOf(server.url, load('image plain')), unwatched);
    await mkdir(join(bench.mountDir, 'left'), { recursive: true });
    await exec('mount', [bench.disk.partition(2), join(bench.mountDir, 'left')]);
    await bench.store.install('B', payloadOf(server.url, body), unwatched);
    expect(await bench.store.digest('B')).toBe(digestOf(body));
  });
});
